package io.layerfs.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** A port of this machine, each of whose connections is served by a thread of its own, until it is closed. */
final class Connections implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    /** Has {@code serving} get each connection, which it closes. */
    Connections(Consumer<Socket> serving) throws IOException {
        daemon(() -> accept(serving));
    }

    /** Runs something beside the tests, which do not wait for its end. */
    static void daemon(Runnable work) {
        Thread thread = new Thread(work, "connection");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(Consumer<Socket> serving) {
        while (true) {
            Socket client;
            try {
                client = server.accept();
            } catch (IOException e) {
                return; // closed
            }
            daemon(() -> serving.accept(client));
        }
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
