package io.layerfs.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Sends one request at a time for a thread by HTTP/1.1 (RFC 9112), with a time-out on everything, and follows redirects.
 *
 * <p>It is a client of our own, since that of the JDK costs a process some thousand classes and half a second before the first
 * byte, and cannot be told what to do about proxies, certificates for one host alone, or the length of an absent body.
 *
 * <p>Redirects take no credentials to another origin, and never lead from https to http.
 */
final class Transport implements AutoCloseable {

    private static final int MAX_REDIRECTS = 8;
    private static final int MAX_INTERIM = 8;
    private static final int PIECE = 64 << 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([0-9]) ([1-9][0-9]{2})(?: .*)?");
    private static final String AGENT = agent(Transport.class.getModule());

    private final RegistryOptions options;
    private final Set<String> plainHttp;
    private final Proxies proxies;
    private final Certificates certificates;
    private final ConnectionPool pool;

    Transport(RegistryOptions options) {
        this.options = options;
        this.plainHttp = options.plainHttp();
        this.proxies = new Proxies(options.environment());
        this.certificates = new Certificates(options);
        this.pool = new ConnectionPool(options.stallTimeout().toMillis());
    }

    private static String agent(Module module) {
        return module.getDescriptor() == null
                        || module.getDescriptor().rawVersion().isEmpty()
                ? "layerfs"
                : "layerfs/" + module.getDescriptor().rawVersion().get();
    }

    /** Sends it; the answer is to be closed. */
    Response send(Request request) throws IOException {
        Request at = request;
        for (int i = 0; i < MAX_REDIRECTS; i++) {
            Origin.of(at.uri()).requireSafe(plainHttp);
            Response response = sendOnce(at);
            if (!isRedirect(response.status())) {
                return response;
            }
            try (response) {
                at = redirected(at, response);
            }
        }
        throw new RegistryException(request.uri() + ": redirected more than " + MAX_REDIRECTS + " times");
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** What writes is sent again, with its body, where the status says that it stays as it is (RFC 9110, 15.4.8 and 15.4.9). */
    private static Request redirected(Request from, Response response) throws RegistryException {
        URI target = response.location();
        if (!from.isRead() && response.status() != 307 && response.status() != 308) {
            throw new RegistryException(from.method() + " " + from.uri() + ": redirected to " + target + " by status "
                    + response.status() + ", by which only what reads is");
        }
        requireNotWeaker(from.uri(), target);
        return from.redirected(target);
    }

    /** Refuses what leads from https to http. */
    static void requireNotWeaker(URI from, URI target) throws RegistryException {
        if (Origin.of(from).isEncrypted() && !Origin.of(target).isEncrypted()) {
            throw new RegistryException(from + ": leads from https to http: " + target);
        }
    }

    private Response sendOnce(Request request) throws IOException {
        Origin origin = Origin.of(request.uri());
        Route route = new Route(origin, proxies.find(origin));
        try {
            Connection known = pool.take(route);
            if (known != null) {
                try {
                    return exchange(known, route, request);
                } catch (NetworkException e) {
                    // it may have been closed on the other side at this moment
                    if (!request.isRead() || !(e.getCause() instanceof EOFException)) {
                        throw e;
                    }
                }
            }
            return exchange(connect(route), route, request);
        } catch (NetworkException e) {
            for (Throwable at = e; at != null; at = at.getCause()) {
                if (at instanceof CertificateException) {
                    throw unverified(origin, at);
                }
            }
            throw e.during(request.method() + " " + request.uri() + ": ");
        }
    }

    private static IOException unverified(Origin server, Throwable reason) {
        IOException failure = new SSLPeerUnverifiedException(server.host() + ":" + server.port()
                + ": the certificate that it shows is refused: " + reason.getMessage());
        failure.initCause(reason);
        return failure;
    }

    private Connection connect(Route route) throws IOException {
        Connection connection;
        try {
            connection = Connection.open(route.first(), options.connectTimeout(), options.stallTimeout());
        } catch (NetworkException e) {
            throw route.proxy() == null ? e : e.during("by the proxy ");
        }
        pool.add(connection);
        try {
            Route.Proxy proxy = route.proxy();
            if (proxy != null && proxy.origin().isEncrypted()) {
                connection.encrypt(proxy.origin(), certificates.of(proxy.origin()));
            }
            if (proxy != null && route.origin().isEncrypted()) {
                tunnel(connection, route.origin(), proxy);
            }
            if (route.origin().isEncrypted()) {
                connection.encrypt(route.origin(), certificates.of(route.origin()));
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            pool.discard(connection);
            throw e;
        }
    }

    /** Has a proxy pass on bytes, whatever they are (RFC 9110, 9.3.6). */
    private static void tunnel(Connection connection, Origin target, Route.Proxy proxy) throws IOException {
        String name = target.host() + ":" + target.port();
        StringBuilder text = new StringBuilder("CONNECT " + name + " HTTP/1.1\r\nHost: " + name + "\r\n");
        text.append("User-Agent: ").append(AGENT).append("\r\n");
        if (proxy.authorization() != null) {
            text.append("Proxy-Authorization: ").append(proxy.authorization()).append("\r\n");
        }
        connection.out().write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        connection.out().flush();
        Head head = head(connection.in());
        if (head.status() / 100 != 2) {
            String meaning = head.status() == 407 ? ": it wants a user and a password" : "";
            throw new RegistryException(
                    proxy + ": status " + head.status() + " when asked for " + name + meaning, head.status(), -1);
        }
    }

    private Response exchange(Connection connection, Route route, Request request) throws IOException {
        try {
            connection.restart();
            Head head;
            try {
                write(connection.out(), route, request);
                head = head(connection.in());
            } catch (SendingFailed e) {
                head = answered(connection, e);
            }
            boolean reusable = head.isKept() && !head.sentInPart();
            ResponseBody.Owner owner = (used, ended) -> {
                if (ended && reusable) {
                    pool.give(route, used);
                } else {
                    pool.discard(used);
                }
            };
            InputStream body = new ResponseBody(connection, head.bodySize(request), owner);
            return new Response(request.uri(), head.status(), head.headers(), body);
        } catch (IOException | RuntimeException e) {
            pool.discard(connection);
            throw e;
        }
    }

    /** A server that wants no more of a request may have said why before it broke off. */
    private static Head answered(Connection connection, SendingFailed failure) throws IOException {
        try {
            Head head = head(connection.in());
            return new Head(head.status(), head.headers(), head.isOld(), true);
        } catch (IOException e) {
            throw failure.reason;
        }
    }

    private static final class SendingFailed extends IOException {
        private static final long serialVersionUID = 1L;

        final NetworkException reason;

        SendingFailed(NetworkException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** What fails of the body itself is local, and goes its own way. */
    private static void write(OutputStream out, Route route, Request request) throws IOException {
        Request.Body body = request.body();
        byte[] head = head(route, request).getBytes(StandardCharsets.ISO_8859_1);
        if (body == null) {
            send(() -> out.write(head));
        } else {
            try (InputStream in = body.open()) {
                send(() -> out.write(head));
                byte[] piece = new byte[(int) Math.min(PIECE, body.size())];
                for (long left = body.size(); left > 0; ) {
                    int n = in.read(piece, 0, (int) Math.min(piece.length, left));
                    if (n < 0) {
                        throw new EOFException(request.uri() + ": what is sent ends " + left + " bytes early");
                    }
                    send(() -> out.write(piece, 0, n));
                    left -= n;
                }
            }
        }
        send(out::flush);
    }

    /** Something that goes out. */
    private interface Sending {
        void run() throws IOException;
    }

    private static void send(Sending sending) throws IOException {
        try {
            sending.run();
        } catch (NetworkException e) {
            throw new SendingFailed(e);
        }
    }

    private static String head(Route route, Request request) {
        URI uri = request.uri();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        Route.Proxy proxy = route.proxy();
        StringBuilder head = new StringBuilder(request.method()).append(' ');
        head.append(route.isAbsolute() ? "http://" + uri.getRawAuthority() : "").append(target);
        head.append(" HTTP/1.1\r\nHost: ").append(uri.getRawAuthority());
        head.append("\r\nUser-Agent: ").append(AGENT).append("\r\n");
        if (request.isRead()) {
            // blobs and documents are what their digest says as they are
            head.append("Accept-Encoding: identity\r\n");
        }
        if (route.isAbsolute() && proxy != null && proxy.authorization() != null) {
            head.append("Proxy-Authorization: ").append(proxy.authorization()).append("\r\n");
        }
        request.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (!request.isRead()) {
            long size = request.body() == null ? 0 : request.body().size();
            head.append("Content-Length: ").append(size).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static Head head(InputStream in) throws IOException {
        for (int i = 0; i < MAX_INTERIM; i++) {
            String line;
            try {
                line = Headers.line(in);
            } catch (EOFException e) {
                throw Connection.ended("the server broke off without an answer", e);
            }
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                throw new RegistryException("the server does not answer by HTTP, but with '" + Words.shown(line) + "'");
            }
            Headers headers;
            try {
                headers = Headers.read(in);
            } catch (EOFException e) {
                throw Connection.ended("the answer ends within its head", e);
            }
            int code = Integer.parseInt(status.group(2));
            if (code >= 200) {
                return new Head(code, headers, status.group(1).equals("0"), false);
            }
        }
        throw new RegistryException("the server answers that it will answer, again and again");
    }

    /**
     * What comes before a body.
     *
     * @param isOld whether it is HTTP/1.0
     * @param sentInPart whether it came before all was sent
     */
    private record Head(int status, Headers headers, boolean isOld, boolean sentInPart) {

        boolean isKept() {
            String connection = String.valueOf(headers.first("Connection"));
            return isOld ? connection.equalsIgnoreCase("keep-alive") : !connection.equalsIgnoreCase("close");
        }

        long bodySize(Request request) throws RegistryException {
            if (request.method().equals("HEAD") || status == 204 || status == 304) {
                return 0;
            }
            String coding = headers.first("Transfer-Encoding");
            if (coding != null && coding.equalsIgnoreCase("chunked")) {
                return ResponseBody.CHUNKED;
            }
            long length = Response.contentLength(request.uri(), headers);
            return coding != null || length < 0 ? ResponseBody.TO_THE_END : length;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
