package io.layerfs.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** A certificate with its private key, which a client shows to a server. */
final class ClientKey {

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (RSA |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

    /** PKCS #8's version and algorithm, before a key of PKCS #1. */
    private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private ClientKey() {}

    /** That of {@code NAME.cert}, whose key is in {@code NAME.key}: PKCS #8 or PKCS #1 as PEM, without a password. */
    static KeyManager[] read(Path certificate) throws IOException {
        String name = certificate.getFileName().toString();
        Path file = certificate.resolveSibling(name.substring(0, name.length() - ".cert".length()) + ".key");
        try {
            PrivateKey key = parse(file);
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setKeyEntry(
                    "own", key, new char[0], Authorities.parse(certificate).toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey parse(Path file) throws IOException {
        Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(file + ": no private key in PKCS #8 or PKCS #1 without a password"
                    + " (openssl pkcs8 -topk8 -nocrypt makes one)");
        }
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(pem.group(2));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": its private key is no base64", e);
        }
        byte[] encoded = pem.group(1).isEmpty() ? bytes : sequence(RSA, der(0x04, bytes));
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException e) {
                // of another kind
            }
        }
        throw new IOException(file + ": its private key is neither RSA, EC nor Ed25519");
    }

    private static byte[] sequence(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return der(0x30, both);
    }

    /** A value with its tag and length (X.690, 8.1). */
    private static byte[] der(int tag, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        // keys have at least 256 bytes, what is around them less than 128 or more than 255
        int size = value.length;
        if (size < 0x80) {
            out.write(size);
        } else {
            out.write(0x82);
            out.write(size >> 8);
            out.write(size);
        }
        out.writeBytes(value);
        return out.toByteArray();
    }
}
