package io.layerfs.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Certificates whose signature on a registry's own is trusted. */
final class Authorities {

    private Authorities() {}

    /** What trusts those of the JVM and those of a PEM file. */
    static SSLContext read(Path pem) throws IOException {
        return Certificates.context(pem.toString(), parse(pem), null);
    }

    /** What judges by those of the JVM and by these. */
    static TrustManager[] managers(List<X509Certificate> authorities) throws IOException, GeneralSecurityException {
        return judges(authorities.isEmpty() ? null : trusted(authorities));
    }

    static KeyStore trusted(List<X509Certificate> authorities) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        List<X509Certificate> trusted = new ArrayList<>(authorities);
        for (TrustManager own : judges(null)) {
            if (own instanceof X509TrustManager known) {
                trusted.addAll(List.of(known.getAcceptedIssuers()));
            }
        }
        for (X509Certificate certificate : trusted) {
            store.setCertificateEntry(Integer.toString(store.size()), certificate);
        }
        return store;
    }

    /** The certificates of a PEM file. */
    static List<X509Certificate> parse(Path pem) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try (InputStream in = Files.newInputStream(pem)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new IOException(pem + ": " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new IOException(pem + ": has no certificates");
        }
        return found;
    }

    /** Null for those of the JVM. */
    private static TrustManager[] judges(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
