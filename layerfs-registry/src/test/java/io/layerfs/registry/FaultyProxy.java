package io.layerfs.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands before a registry on this machine and spoils what passes: each fault is for requests whose first line matches a
 * pattern, so often. One request for each connection; what it forwards keeps its {@code Host}, so that addresses lead here.
 */
final class FaultyProxy implements AutoCloseable {

    /** What is done to one exchange. */
    interface Fault {
        /** The exchange, in which nothing was forwarded yet. */
        void run(Exchange exchange) throws IOException;
    }

    private record Rule(String pattern, AtomicInteger left, Fault fault) {}

    private final Connections connections;
    private final int target;
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<List<String>> heads = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong uploaded = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Before the port {@code target}. */
    FaultyProxy(int target) throws IOException {
        this.target = target;
        this.connections = new Connections(this::serve);
    }

    private void serve(Socket client) {
        try (client) {
            Exchange exchange = new Exchange(client);
            if (exchange.read()) {
                log.add(exchange.summary());
                heads.add(List.copyOf(exchange.head));
                rule(exchange.line()).run(exchange);
            }
        } catch (IOException e) {
            // either side went away, which is what this is for
        }
    }

    private synchronized Fault rule(String line) {
        for (Rule rule : rules) {
            if (rule.left().get() > 0 && line.matches(rule.pattern())) {
                rule.left().decrementAndGet();
                return rule.fault();
            }
        }
        return Exchange::forward;
    }

    /** The next {@code times} requests whose method and path match have this fault. */
    synchronized FaultyProxy on(String pattern, int times, Fault fault) {
        rules.add(new Rule(pattern, new AtomicInteger(times), fault));
        return this;
    }

    /** The lines of each request's head. */
    List<List<String>> heads() {
        synchronized (heads) {
            return List.copyOf(heads);
        }
    }

    /** Method, path, range and whether it was authorized, of each request. */
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    long count(String pattern) {
        return log().stream().filter(line -> line.matches(pattern)).count();
    }

    /** How many bytes of requests' bodies were forwarded. */
    long uploaded() {
        return uploaded.get();
    }

    String host() {
        return "127.0.0.1:" + connections.port();
    }

    /** Answers with a status and headers, such as {@code Retry-After: 1}, and a body of a few words. */
    static Fault status(int status, String... headers) {
        return exchange -> exchange.answer(status, "no".getBytes(StandardCharsets.US_ASCII), headers);
    }

    /** Sends this many bytes of the answer's body, and hangs up. */
    static Fault truncate(long bytes) {
        return exchange -> exchange.forward(new Spoiled(bytes, Spoiled.Then.HANG_UP));
    }

    /** Inverts a bit of the answer's body. */
    static Fault flip(long at) {
        return exchange -> exchange.forward(new Spoiled(at, Spoiled.Then.FLIP));
    }

    /** Sends this many bytes of the answer's body, and then nothing. */
    Fault stall(long bytes) {
        return exchange -> {
            exchange.forward(new Spoiled(bytes, Spoiled.Then.STOP));
            await();
        };
    }

    /** Sends the answer's body a byte at a time, very slowly. */
    Fault drip() {
        return exchange -> exchange.forward(new Spoiled(0, Spoiled.Then.DRIP));
    }

    /** Answers nothing. */
    Fault silence() {
        return exchange -> await();
    }

    /** Hangs up at once. */
    static Fault hangUp() {
        return exchange -> {};
    }

    /** Lets {@code count} pass before {@code fault}. */
    static Fault after(int count, Fault fault) {
        AtomicInteger left = new AtomicInteger(count);
        return exchange -> {
            if (left.getAndDecrement() > 0) {
                exchange.forward();
            } else {
                fault.run(exchange);
            }
        };
    }

    /** Forwards so many bytes of the request's body, and hangs up on both sides. */
    static Fault cutRequest(long bytes) {
        return exchange -> exchange.sendPart(bytes);
    }

    /** Forwards the request, and keeps the answer. */
    static Fault loseAnswer() {
        return Exchange::forwardAndKeep;
    }

    /** Changes the answer's head: each {@code header: value} replaces the one of that name. */
    static Fault headers(String... headers) {
        return exchange -> exchange.forward(new Spoiled(-1, Spoiled.Then.FLIP), headers);
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        connections.close();
    }

    /** What happens to the body at one place. */
    record Spoiled(long at, Then then) {
        enum Then {
            HANG_UP,
            FLIP,
            STOP,
            DRIP
        }
    }

    /** What a registry answered. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Answer(List<String> head, byte[] body) {}

    /** A request, and the way to the registry. */
    final class Exchange {
        private final Socket client;
        private final InputStream in;
        private final List<String> head = new ArrayList<>();

        Exchange(Socket client) throws IOException {
            this.client = client;
            this.in = new BufferedInputStream(client.getInputStream());
        }

        boolean read() throws IOException {
            head.addAll(readHead(in));
            return !head.isEmpty();
        }

        /** Method and path. */
        String line() {
            return head.get(0).replaceFirst(" HTTP/1\\.[01]$", "");
        }

        String summary() {
            String range = value(head, "range");
            return line()
                    + (range == null ? "" : " " + range)
                    + (value(head, "authorization") == null ? "" : " authorized");
        }

        void answer(int status, byte[] body, String... headers) throws IOException {
            drain();
            StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Spoiled\r\n");
            for (String header : headers) {
                text.append(header).append("\r\n");
            }
            text.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
            OutputStream out = client.getOutputStream();
            out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            if (!line().startsWith("HEAD ")) {
                out.write(body);
            }
            out.flush();
        }

        private void drain() throws IOException {
            in.skipNBytes(length(head));
        }

        /** The registry's answer. */
        Answer fetch() throws IOException {
            try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
                send(registry, Long.MAX_VALUE);
                InputStream answer = new BufferedInputStream(registry.getInputStream());
                List<String> answerHead = new ArrayList<>(readHead(answer));
                // the connection ends with the answer, which is what 'text' asks for
                return new Answer(answerHead, answer.readAllBytes());
            }
        }

        /** Sends these bytes as they are. */
        void raw(byte[] bytes) throws IOException {
            client.getOutputStream().write(bytes);
            client.getOutputStream().flush();
        }

        void forward() throws IOException {
            forward(new Spoiled(-1, Spoiled.Then.FLIP));
        }

        void forward(Spoiled spoiled, String... headers) throws IOException {
            try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
                send(registry, Long.MAX_VALUE);
                InputStream answer = new BufferedInputStream(registry.getInputStream());
                List<String> answerHead = new ArrayList<>(readHead(answer));
                for (String header : headers) {
                    String name = header.replaceFirst(":.*", ":").toLowerCase(Locale.ROOT);
                    answerHead.removeIf(line -> line.toLowerCase(Locale.ROOT).startsWith(name));
                    answerHead.add(header);
                }
                OutputStream out = client.getOutputStream();
                out.write(text(answerHead));
                copy(answer, out, spoiled);
                out.flush();
            }
        }

        void forwardAndKeep() throws IOException {
            try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
                send(registry, Long.MAX_VALUE);
                readHead(registry.getInputStream());
            }
        }

        void sendPart(long bytes) throws IOException {
            try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
                send(registry, bytes);
            }
        }

        private void send(Socket registry, long most) throws IOException {
            OutputStream out = registry.getOutputStream();
            out.write(text(head));
            long left = Math.min(most, length(head));
            byte[] buffer = new byte[64 << 10];
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new EOFException();
                }
                out.write(buffer, 0, n);
                uploaded.addAndGet(n);
                left -= n;
            }
            out.flush();
        }

        private static void copy(InputStream in, OutputStream out, Spoiled spoiled) throws IOException {
            byte[] buffer = new byte[64 << 10];
            long at = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                boolean here = spoiled.at() >= at && spoiled.at() < at + n;
                int until = here ? (int) (spoiled.at() - at) : n;
                if (here && spoiled.then() == Spoiled.Then.FLIP) {
                    buffer[until] ^= 4;
                    until = n;
                }
                out.write(buffer, 0, until);
                out.flush();
                if (here && spoiled.then() == Spoiled.Then.DRIP) {
                    drip(out, buffer, until, n);
                }
                if (here && spoiled.then() != Spoiled.Then.FLIP) {
                    return;
                }
                at += n;
            }
        }

        private static void drip(OutputStream out, byte[] buffer, int from, int to) throws IOException {
            for (int i = from; i < to; i++) {
                out.write(buffer[i]);
                out.flush();
                try {
                    Thread.sleep(50);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        private static byte[] text(List<String> head) {
            StringBuilder text = new StringBuilder(head.get(0)).append("\r\n");
            for (String line : head.subList(1, head.size())) {
                if (!line.toLowerCase(Locale.ROOT).startsWith("connection:")
                        && !line.toLowerCase(Locale.ROOT).startsWith("upgrade:")) {
                    text.append(line).append("\r\n");
                }
            }
            return text.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        private static String value(List<String> head, String name) {
            for (String line : head) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return null;
        }

        private static long length(List<String> head) {
            String value = value(head, "content-length");
            return value == null ? 0 : Long.parseLong(value);
        }

        private static List<String> readHead(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            List<String> head = new ArrayList<>();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    String text = line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
                    if (text.isEmpty()) {
                        return head;
                    }
                    head.add(text);
                    line.reset();
                } else {
                    line.write(b);
                }
            }
            return List.of();
        }
    }
}
