package io.layerfs.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes bytes on to a port of this machine, whatever they are, and breaks connections off when it is told to. */
final class Tunnel implements AutoCloseable {

    private final Connections connections;
    private final int target;
    private final List<Integer> firstBytes = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile long cutAfter;

    /** To the port {@code target}. */
    Tunnel(int target) throws IOException {
        this.target = target;
        this.connections = new Connections(this::serve);
    }

    /** The next {@code times} connections on which more than {@code bytes} come back end there. */
    Tunnel cut(int times, long bytes) {
        cutAfter = bytes;
        cuts.set(times);
        return this;
    }

    /** How many cuts are still to be made. */
    int cutsLeft() {
        return cuts.get();
    }

    /** What each client sent first: 22 for a handshake of TLS. */
    List<Integer> firstBytes() {
        return List.copyOf(firstBytes);
    }

    int port() {
        return connections.port();
    }

    private void serve(Socket client) {
        try (client;
                Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
            Connections.daemon(() -> forward(client, registry));
            InputStream in = registry.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            long count = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                count += n;
                if (count > cutAfter && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // either side went away, which is what this is for
        }
    }

    private void forward(Socket client, Socket registry) {
        try {
            InputStream in = client.getInputStream();
            int first = in.read();
            firstBytes.add(first);
            if (first >= 0) {
                registry.getOutputStream().write(first);
                in.transferTo(registry.getOutputStream());
            }
            registry.shutdownOutput();
        } catch (IOException e) {
            // as above
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
