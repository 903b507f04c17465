package io.layerfs.trust;

import io.layerfs.oci.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * The encrypted form of a private key that cosign writes: a JSON document with the parameters of scrypt (RFC 7914), and what NaCl's
 * {@code secretbox} gave of the key in PKCS #8 (XSalsa20 and Poly1305; the first block of the stream is the key of the latter).
 */
final class CosignKey {

    private static final int KEY = 32;
    private static final int NONCE = 24;
    private static final int MAC = 16;

    /** With the block size of 8 that all have, 128 MiB of memory: cosign asks for a quarter of it, or for half. */
    private static final long MAX_COST = 1 << 17;

    private CosignKey() {}

    static byte[] decrypt(String key, byte[] document, char[] passphrase) throws IOException {
        Json json = Json.parse(key, document);
        Json kdf = json.requireObject("kdf");
        Json parameters = kdf.requireObject("params");
        Json cipher = json.requireObject("cipher");
        expect(kdf, "scrypt");
        expect(cipher, "nacl/secretbox");
        long cost = parameters.requireLong("N");
        if (cost < 2 || cost > MAX_COST || Long.bitCount(cost) != 1) {
            throw new KeyFormatException(
                    parameters.where() + ": 'N' is " + cost + "; it must be a power of two up to " + MAX_COST);
        }
        if (parameters.requireLong("r") != 8 || parameters.requireLong("p") != 1) {
            throw new KeyFormatException(parameters.where() + ": 'r' and 'p' are not 8 and 1");
        }
        byte[] nonce = bytes(cipher, "nonce");
        byte[] box = bytes(json, "ciphertext");
        if (nonce.length != NONCE || box.length < MAC) {
            throw new KeyFormatException(key + ": a nonce of " + nonce.length + " and a ciphertext of " + box.length
                    + " bytes; it must be " + NONCE + ", and at least " + MAC);
        }
        byte[] secret = utf8(passphrase);
        try {
            return open(key, SCrypt.generate(secret, bytes(kdf, "salt"), (int) cost, 8, 1, KEY), nonce, box);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static void expect(Json algorithm, String name) throws IOException {
        if (!algorithm.requireString("name").equals(name)) {
            throw new KeyFormatException(
                    algorithm.where() + ": 'name' is '" + algorithm.requireString("name") + "', not '" + name + "'");
        }
    }

    private static byte[] bytes(Json json, String name) throws IOException {
        try {
            return Base64.getDecoder().decode(json.requireString(name));
        } catch (IllegalArgumentException e) {
            throw new KeyFormatException(json.where() + ": '" + name + "' is not base64: " + e.getMessage(), e);
        }
    }

    static byte[] utf8(char[] passphrase) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        encoded.clear().put(new byte[encoded.capacity()]);
        return bytes;
    }

    private static byte[] open(String what, byte[] key, byte[] nonce, byte[] box) throws KeyFormatException {
        XSalsa20Engine stream = new XSalsa20Engine();
        stream.init(false, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] authentication = new byte[KEY];
        stream.processBytes(authentication, 0, KEY, authentication, 0);
        Poly1305 computation = new Poly1305();
        computation.init(new KeyParameter(authentication));
        computation.update(box, MAC, box.length - MAC);
        byte[] mac = new byte[MAC];
        computation.doFinal(mac, 0);
        if (!MessageDigest.isEqual(mac, Arrays.copyOf(box, MAC))) {
            throw new KeyFormatException(what + ": the passphrase is wrong, or the key is damaged");
        }
        byte[] content = new byte[box.length - MAC];
        stream.processBytes(box, MAC, content.length, content, 0);
        return content;
    }
}
