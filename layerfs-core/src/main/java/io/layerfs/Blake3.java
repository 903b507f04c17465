package io.layerfs;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** blake3 of Bouncy Castle; the one class of core that touches it, so that it may be absent. */
final class Blake3 {

    private Blake3() {}

    static MessageDigest newMessageDigest() throws NoSuchAlgorithmException {
        try {
            return Loaded.newMessageDigest();
        } catch (NoClassDefFoundError e) {
            throw new NoSuchAlgorithmException("blake3 needs Bouncy Castle (bcprov-jdk18on) on the class path", e);
        }
    }

    private static final class Loaded {
        static MessageDigest newMessageDigest() {
            return new org.bouncycastle.jcajce.provider.digest.Blake3.Blake3_256();
        }
    }
}
