package io.layerfs.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** What registries, and what lies before them, do with right answers: each is a fault of a {@link FaultyProxy}. */
final class Quirk {

    private Quirk() {}

    /** What was to be done is done, and answered with another status; each {@code header: value} replaces that of its name. */
    static FaultyProxy.Fault status(int status, String... headers) {
        return exchange -> {
            FaultyProxy.Answer answer = exchange.fetch();
            send(exchange, "HTTP/1.1 " + status + " Odd", answer.head(), answer.body(), headers);
        };
    }

    /** The head stays, but for these. */
    static FaultyProxy.Fault headers(String... headers) {
        return exchange -> {
            FaultyProxy.Answer answer = exchange.fetch();
            send(exchange, answer.head().get(0), answer.head(), answer.body(), headers);
        };
    }

    /** Nothing is asked of the registry; this is answered. */
    static FaultyProxy.Fault answer(int status, String type, String body) {
        return exchange -> exchange.answer(status, body.getBytes(StandardCharsets.UTF_8), "Content-Type: " + type);
    }

    /** The body compressed, which was not asked for. */
    static FaultyProxy.Fault gzip() {
        return exchange -> {
            FaultyProxy.Answer answer = exchange.fetch();
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
                out.write(answer.body());
            }
            byte[] body = compressed.toByteArray();
            send(
                    exchange,
                    answer.head().get(0),
                    answer.head(),
                    body,
                    "Content-Encoding: gzip",
                    "Content-Length: " + body.length);
        };
    }

    /** The body in chunks of at most so many bytes, and no length. */
    static FaultyProxy.Fault chunked(int size) {
        return exchange -> {
            FaultyProxy.Answer answer = exchange.fetch();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int at = 0; at < answer.body().length; at += size) {
                int n = Math.min(size, answer.body().length - at);
                body.writeBytes((Integer.toHexString(n).toUpperCase(Locale.ROOT) + ";x=y\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                body.write(answer.body(), at, n);
                body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            body.writeBytes("0\r\nTrailer: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(
                    exchange,
                    answer.head().get(0),
                    answer.head(),
                    body.toByteArray(),
                    "Content-Length",
                    "Transfer-Encoding: chunked");
        };
    }

    /** Another server does it. */
    static FaultyProxy.Fault elsewhere(int status, FaultyProxy target) {
        return exchange -> exchange.answer(
                status,
                new byte[0],
                "Location: http://" + target.host()
                        + exchange.line().substring(exchange.line().indexOf(' ') + 1));
    }

    /** A header without a value is taken away. */
    private static void send(
            FaultyProxy.Exchange exchange, String status, List<String> head, byte[] body, String... headers)
            throws IOException {
        List<String> lines = new ArrayList<>(head.subList(1, head.size()));
        for (String header : headers) {
            String name = header.replaceFirst(":.*", ":").toLowerCase(Locale.ROOT);
            lines.removeIf(line -> line.toLowerCase(Locale.ROOT).startsWith(name.endsWith(":") ? name : name + ":"));
            if (name.endsWith(":")) {
                lines.add(header);
            }
        }
        StringBuilder text = new StringBuilder(status).append("\r\n");
        lines.forEach(line -> text.append(line).append("\r\n"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        exchange.raw(all.toByteArray());
    }
}
