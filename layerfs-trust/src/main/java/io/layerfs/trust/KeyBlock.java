package io.layerfs.trust;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * The one key of a PEM text (RFC 7468): what kind of block it is, and its bytes.
 *
 * @param key what it is, for messages
 * @param text all of the text
 * @param type such as {@code PUBLIC KEY}
 * @param legacy whether headers say that it is encrypted, as OpenSSL did before PKCS #8
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record KeyBlock(String key, String text, String type, byte[] content, boolean legacy) {

    private static final int MAX_LENGTH = 64 << 10;

    /** Reads a file that holds one. */
    static String read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_LENGTH) {
            throw new KeyFormatException(file + ": " + size + " bytes; a key may have " + MAX_LENGTH);
        }
        // a character for each byte: PEM is ASCII, and what stands around the block may be anything
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    static KeyBlock parse(String key, String text) throws KeyFormatException {
        if (text.length() > MAX_LENGTH) {
            throw new KeyFormatException(key + ": " + text.length() + " characters; a key may have " + MAX_LENGTH);
        }
        KeyBlock found = null;
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (!block.getType().equals("EC PARAMETERS")) { // openssl ecparam writes it before the key
                    refuseSecond(key, found);
                    found = new KeyBlock(key, text, block.getType(), block.getContent(), isEncrypted(block));
                }
            }
        } catch (KeyFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Bouncy Castle's decoders throw both
            throw new KeyFormatException(key + ": not PEM: " + e.getMessage(), e);
        }
        if (found == null) {
            throw new KeyFormatException(key + ": no PEM block, '-----BEGIN ...-----', is in it");
        }
        return found;
    }

    private static void refuseSecond(String key, @Nullable KeyBlock found) throws KeyFormatException {
        if (found != null) {
            throw new KeyFormatException(key + ": holds more than one key");
        }
    }

    private static boolean isEncrypted(PemObject block) {
        for (Object header : block.getHeaders()) {
            if (header instanceof PemHeader named
                    && named.getName().equals("Proc-Type")
                    && named.getValue().endsWith("ENCRYPTED")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a passphrase is needed to read it. */
    boolean isEncrypted() {
        return legacy || type.startsWith("ENCRYPTED ");
    }
}
