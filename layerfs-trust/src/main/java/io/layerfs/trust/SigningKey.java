package io.layerfs.trust;

import java.io.IOException;
import java.nio.file.Path;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.jspecify.annotations.Nullable;

/**
 * A private key that signs images: ECDSA P-256, Ed25519, or RSA of 2048 to 8192 bits. Safe for use by many threads.
 *
 * <p>It is read from PEM: PKCS #8, plain or encrypted (PBES2); the older forms {@code EC PRIVATE KEY} and {@code RSA PRIVATE KEY},
 * plain or encrypted; and the encrypted keys that {@code cosign generate-key-pair} writes.
 */
public final class SigningKey {

    private final KeyKind kind;
    private final AsymmetricKeyParameter key;
    private final VerificationKey publicKey;

    private SigningKey(KeyKind kind, AsymmetricKeyParameter key, VerificationKey publicKey) {
        this.kind = kind;
        this.key = key;
        this.publicKey = publicKey;
    }

    /** Reads a file that holds one in PEM; it is called what the file is called. */
    public static SigningKey read(Path file, char @Nullable [] passphrase) throws IOException {
        return parse(String.valueOf(file.getFileName()), KeyBlock.read(file), passphrase);
    }

    /** Whether the key in a file needs a passphrase. */
    public static boolean isEncrypted(Path file) throws IOException {
        return KeyBlock.parse(file.toString(), KeyBlock.read(file)).isEncrypted();
    }

    /**
     * Reads one in PEM.
     *
     * @param name what it is called in messages
     * @param passphrase what it is encrypted with; null for a key that is not. It stays the caller's, who may clear it
     */
    public static SigningKey parse(String name, String pem, char @Nullable [] passphrase) throws KeyFormatException {
        PrivateKeyInfo info = PrivateKeys.decode(KeyBlock.parse(name, pem), passphrase);
        try {
            KeyKind kind = KeyKind.of(name, info.getPrivateKeyAlgorithm());
            if (kind == KeyKind.RSA) {
                KeyKind.checkModulus(
                        name, RSAPrivateKey.getInstance(info.parsePrivateKey()).getModulus());
            }
            AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
            SubjectPublicKeyInfo publicKey = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey(key));
            return new SigningKey(kind, key, VerificationKey.of(name, publicKey));
        } catch (KeyFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Bouncy Castle's decoders throw both
            throw new KeyFormatException(name + ": not a private key: " + e.getMessage(), e);
        }
    }

    private static AsymmetricKeyParameter publicKey(AsymmetricKeyParameter key) {
        if (key instanceof ECPrivateKeyParameters curve) {
            return new ECPublicKeyParameters(
                    curve.getParameters().getG().multiply(curve.getD()), curve.getParameters());
        }
        if (key instanceof Ed25519PrivateKeyParameters edwards) {
            return edwards.generatePublicKey();
        }
        RSAPrivateCrtKeyParameters rsa = (RSAPrivateCrtKeyParameters) key;
        return new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
    }

    /** The public key that belongs to it. */
    public VerificationKey publicKey() {
        return publicKey;
    }

    /** Signs some bytes. */
    public byte[] sign(byte[] message) {
        Signer computation = kind.newSigner();
        computation.init(true, key);
        computation.update(message, 0, message.length);
        try {
            return computation.generateSignature();
        } catch (CryptoException e) {
            throw new IllegalStateException(publicKey + ": the key cannot sign", e);
        }
    }

    /** What it is called; nothing of the key. */
    @Override
    public String toString() {
        return publicKey.toString();
    }
}
