package io.layerfs.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request at a time for a thread, with a time-out on everything, and follows redirects of what only reads.
 *
 * <p>Redirects are followed here and not by the client, which would take credentials along. They never lead from https to http.
 */
final class Transport implements AutoCloseable {

    private static final int MAX_REDIRECTS = 8;

    private final HttpClient client;
    private final ExecutorService executor;
    private final Duration stallTimeout;
    private final Set<String> plainHttp;

    Transport(RegistryOptions options) {
        this.executor = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "layerfs-http");
            thread.setDaemon(true);
            return thread;
        });
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .connectTimeout(options.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                // over plain http, the client would offer HTTP/2 by an upgrade, at which some proxies fail
                .version(HttpClient.Version.HTTP_1_1);
        this.client = (options.sslContext() == null ? builder : builder.sslContext(options.sslContext())).build();
        this.stallTimeout = options.stallTimeout();
        this.plainHttp = options.plainHttp();
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

    private static Request redirected(Request from, Response response) throws RegistryException {
        URI target = response.location();
        if (!from.isRead()) {
            throw new RegistryException(
                    from.method() + " " + from.uri() + ": redirected to " + target + "; only what reads is");
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
        AtomicLong sent = new AtomicLong();
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(request.uri()).method(request.method(), publisher(request.body(), sent));
        request.headers().forEach(builder::header);
        HttpResponse<InputStream> response =
                await(request, client.sendAsync(builder.build(), head -> new TimedBody(stallTimeout)), sent);
        return new Response(request.uri(), response.statusCode(), response.headers(), response.body());
    }

    private static HttpRequest.BodyPublisher publisher(Request.@Nullable Body body, AtomicLong sent) {
        if (body == null) {
            return HttpRequest.BodyPublishers.noBody();
        }
        HttpRequest.BodyPublisher stream = HttpRequest.BodyPublishers.ofInputStream(() -> {
            try {
                return new Counted(body.open(), sent);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return body.size() == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.fromPublisher(stream, body.size());
    }

    /** Waits for as long as bytes go out, and then for the head of the answer. */
    private HttpResponse<InputStream> await(
            Request request, CompletableFuture<HttpResponse<InputStream>> future, AtomicLong sent) throws IOException {
        long before = -1;
        try {
            while (true) {
                try {
                    return future.get(stallTimeout.toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (sent.get() == before || (before < 0 && sent.get() == 0)) {
                        throw new HttpTimeoutException(request.method() + " " + request.uri() + ": no answer for "
                                + stallTimeout.toMillis() + " ms");
                    }
                    before = sent.get();
                }
            }
        } catch (ExecutionException e) {
            throw failure(request, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + request.uri());
        } finally {
            future.cancel(true);
        }
    }

    private static IOException failure(Request request, @Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateException) {
                return unverified(request, at);
            }
        }
        String what = request.method() + " " + request.uri() + ": ";
        if (cause instanceof IOException known) {
            String message = known.getMessage();
            return new TransportException(
                    what + (message == null ? known.getClass().getSimpleName() : message), known);
        }
        return new IOException(what + cause, cause);
    }

    private static IOException unverified(Request request, Throwable reason) {
        IOException failure = new SSLPeerUnverifiedException(
                request.uri().getRawAuthority() + ": the certificate that it shows is refused: " + reason.getMessage());
        failure.initCause(reason);
        return failure;
    }

    /** Something between here and the server failed, or the server broke off. */
    static final class TransportException extends IOException {
        private static final long serialVersionUID = 1L;

        TransportException(String message, IOException cause) {
            super(message, cause);
        }
    }

    /** Counts what is sent. */
    private static final class Counted extends FilterInputStream {
        private final AtomicLong count;

        Counted(InputStream in, AtomicLong count) {
            super(in);
            this.count = count;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            count.addAndGet(Math.max(n, 0));
            return n;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
