package io.layerfs.registry;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, encrypted or not, that does not wait for ever: whoever watches it closes it once an operation has
 * taken too long. For one thread at a time, which may be interrupted.
 *
 * <p>Reading has taken too long once it has waited longer than the stall time-out without at least {@value #LEAST} bytes having
 * come: a server that sends one byte a minute has stalled, too. Time in which nobody reads does not count. Failures of the
 * streams are {@link NetworkException}s.
 */
final class Connection implements AutoCloseable {

    private static final int LEAST = 1024;
    private static final int BUFFER = 16 << 10;
    private static final int MAX_ADDRESSES = 4;
    private static final long NEVER = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final long patience;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private long waited;
    private long received;
    private volatile long deadline = NEVER;
    private volatile boolean expired;

    private Connection(SocketChannel channel, Duration patience) throws IOException {
        this.channel = channel;
        this.patience = patience.toNanos();
        this.socket = channel.socket();
        this.in = new BufferedInputStream(new TimedInput(socket.getInputStream()), BUFFER);
        this.out = new BufferedOutputStream(new TimedOutput(socket.getOutputStream()), BUFFER);
    }

    /** Connects to the first of a host's addresses that answers. */
    static Connection open(Origin server, Duration connectTimeout, Duration patience) throws IOException {
        int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, connectTimeout.toMillis()));
        try {
            return new Connection(connect(server, millis), patience);
        } catch (IOException e) {
            requireUninterrupted();
            throw NetworkException.unreachable(server.host() + ":" + server.port(), e, millis);
        }
    }

    private static SocketChannel connect(Origin server, int millis) throws IOException {
        IOException failure = null;
        int tried = 0;
        for (InetAddress address : InetAddress.getAllByName(server.address())) {
            if (tried++ == MAX_ADDRESSES) {
                break;
            }
            SocketChannel channel = SocketChannel.open();
            try {
                channel.socket().setTcpNoDelay(true);
                channel.socket().connect(new InetSocketAddress(address, server.port()), millis);
                return channel;
            } catch (IOException e) {
                channel.close();
                failure = failure == null ? e : failure;
            }
        }
        throw failure == null ? new IOException("no address") : failure;
    }

    private static void requireUninterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while a registry was waited for");
        }
    }

    /** Encrypts what follows; the certificate must be for the server. */
    void encrypt(Origin server, SSLSocketFactory factory) throws IOException {
        try {
            SSLSocket encrypted = (SSLSocket) factory.createSocket(socket, server.address(), server.port(), true);
            SSLParameters parameters = encrypted.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            encrypted.setSSLParameters(parameters);
            begin(patience);
            encrypted.startHandshake();
            end();
            socket = encrypted;
            in = new BufferedInputStream(new TimedInput(encrypted.getInputStream()), BUFFER);
            out = new BufferedOutputStream(new TimedOutput(encrypted.getOutputStream()), BUFFER);
        } catch (IOException e) {
            throw failed("the TLS handshake failed: ", e, true);
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /** A new answer is waited for. */
    void restart() {
        waited = 0;
        received = 0;
    }

    private void begin(long nanos) {
        long at = System.nanoTime() + nanos;
        deadline = at == NEVER ? at - 1 : at;
    }

    private void end() {
        deadline = NEVER;
    }

    /** Closes it where the operation that runs has taken too long. */
    void expire(long now) {
        long at = deadline;
        if (at != NEVER && now - at > 0) {
            expired = true;
            close();
        }
    }

    /** What a failure is; where only sending failed, there may be an answer that says why. */
    private IOException failed(String what, IOException reason, boolean over) {
        end();
        if (over) {
            close();
        }
        if (expired) {
            return new NetworkException(
                    "the server stalled for " + Duration.ofNanos(patience).toMillis() + " ms: time-out",
                    new SocketTimeoutException(reason.getMessage()));
        }
        if (Thread.currentThread().isInterrupted()) {
            return new InterruptedIOException("interrupted while a registry was waited for");
        }
        String message = reason.getMessage();
        String why = message == null ? reason.getClass().getSimpleName() : message;
        return new NetworkException(what + (reason instanceof SSLException ? "SSL: " : "") + why, reason);
    }

    /** Whether nothing came since it was used last: not its end either. */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            int n = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return n == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it at once, whatever another thread does with it; idempotent. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing more is expected of it
        }
    }

    private final class TimedInput extends InputStream {
        private final InputStream raw;

        TimedInput(InputStream raw) {
            this.raw = raw;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            long start = System.nanoTime();
            begin(patience - waited);
            try {
                int n = raw.read(target, offset, length);
                count(n, System.nanoTime() - start);
                return n;
            } catch (IOException e) {
                throw failed("the answer broke off: ", e, true);
            } finally {
                end();
            }
        }

        private void count(int n, long nanos) {
            waited += nanos;
            received += Math.max(n, 0);
            if (received >= LEAST) {
                restart();
            }
        }
    }

    private final class TimedOutput extends FilterOutputStream {

        TimedOutput(OutputStream raw) {
            super(raw);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            begin(patience);
            try {
                out.write(source, offset, length);
            } catch (IOException e) {
                throw failed("sending broke off: ", e, false);
            } finally {
                end();
            }
        }

        @Override
        public void flush() {
            // sockets keep nothing back
        }
    }

    /** A failure to read that is the end of what comes. */
    static NetworkException ended(String message, @Nullable EOFException cause) {
        return new NetworkException(message, cause == null ? new EOFException(message) : cause);
    }
}
