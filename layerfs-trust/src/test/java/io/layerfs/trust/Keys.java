package io.layerfs.trust;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Keys of the tests, made by the JDK: one of each kind, and one more. */
final class Keys {

    static final String ALICE_PEM;
    static final String BOB_PEM;
    static final String CAROL_PEM;
    static final SigningKey ALICE;
    static final SigningKey BOB;
    static final SigningKey CAROL;
    static final SigningKey MALLORY;

    static {
        try {
            KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
            curve.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
            rsa.initialize(2048);
            ALICE_PEM = newPem(curve);
            BOB_PEM = newPem(KeyPairGenerator.getInstance("Ed25519"));
            CAROL_PEM = newPem(rsa);
            ALICE = SigningKey.parse("alice", ALICE_PEM, null);
            BOB = SigningKey.parse("bob", BOB_PEM, null);
            CAROL = SigningKey.parse("carol", CAROL_PEM, null);
            MALLORY = SigningKey.parse("mallory", newPem(curve), null);
        } catch (GeneralSecurityException | KeyFormatException e) {
            throw new AssertionError(e);
        }
    }

    private Keys() {}

    private static String newPem(KeyPairGenerator generator) {
        byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
