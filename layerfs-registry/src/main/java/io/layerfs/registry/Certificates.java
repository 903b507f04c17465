package io.layerfs.registry;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection trusts, and what it shows, for each server: the context that was given, else what a directory of the server's
 * name holds as docker and podman have it ({@code certs.d/HOST[:PORT]/}), else the JVM's own. In such a directory each {@code
 * *.crt} has authorities, beside those of the JVM, and {@code NAME.cert} with {@code NAME.key} is what is shown.
 */
final class Certificates {

    private final RegistryOptions options;
    private final Map<Origin, SSLSocketFactory> known = new ConcurrentHashMap<>();

    Certificates(RegistryOptions options) {
        this.options = options;
    }

    SSLSocketFactory of(Origin server) throws IOException {
        SSLContext given = options.sslContext();
        if (given != null) {
            return given.getSocketFactory();
        }
        SSLSocketFactory factory = known.get(server);
        if (factory == null) {
            factory = make(server).getSocketFactory();
            known.put(server, factory);
        }
        return factory;
    }

    private SSLContext make(Origin server) throws IOException {
        List<X509Certificate> authorities = new ArrayList<>();
        KeyManager[] shown = null;
        for (Path directory : options.certificateDirectories()) {
            Path own = directory(directory, server);
            if (own == null) {
                continue;
            }
            for (Path file : files(own, ".crt")) {
                authorities.addAll(Authorities.parse(file));
            }
            for (Path file : files(own, ".cert")) {
                shown = shown == null ? ClientKey.read(file) : shown;
            }
        }
        return context("certificates of " + server, authorities, shown);
    }

    /** With its port, or without where it is the usual one. */
    private static @Nullable Path directory(Path all, Origin server) {
        Path withPort = all.resolve(server.host() + ":" + server.port());
        if (Files.isDirectory(withPort)) {
            return withPort;
        }
        Path without = all.resolve(server.host());
        return server.port() == 443 && Files.isDirectory(without) ? without : null;
    }

    private static List<Path> files(Path directory, String end) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().endsWith(end))
                    .sorted()
                    .toList();
        }
    }

    /** What trusts these, beside those of the JVM; what is refused is said with what was shown. */
    static SSLContext context(String what, List<X509Certificate> authorities, KeyManager @Nullable [] shown)
            throws IOException {
        try {
            TrustManager[] managers = Authorities.managers(authorities);
            for (int i = 0; i < managers.length; i++) {
                if (managers[i] instanceof X509ExtendedTrustManager judge) {
                    managers[i] = new Explaining(judge);
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    /** Judges as another does, and says of what is refused whose it is, who signed it, and how long it counts. */
    private static final class Explaining extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager judge;

        Explaining(X509ExtendedTrustManager judge) {
            this.judge = judge;
        }

        private interface Check {
            void run() throws CertificateException;
        }

        private static void explained(X509Certificate[] chain, Check check) throws CertificateException {
            try {
                check.run();
            } catch (CertificateException e) {
                X509Certificate own = chain[0];
                throw new CertificateException(
                        e.getMessage() + " (it is of "
                                + Words.shown(own.getSubjectX500Principal().toString())
                                + ", signed by "
                                + Words.shown(own.getIssuerX500Principal().toString()) + ", for "
                                + own.getNotBefore().toInstant() + " to "
                                + own.getNotAfter().toInstant() + ")",
                        e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            explained(chain, () -> judge.checkServerTrusted(chain, type, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            explained(chain, () -> judge.checkServerTrusted(chain, type, engine));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            explained(chain, () -> judge.checkServerTrusted(chain, type));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            judge.checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            judge.checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            judge.checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return judge.getAcceptedIssuers();
        }
    }
}
