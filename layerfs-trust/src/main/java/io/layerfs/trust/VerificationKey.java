package io.layerfs.trust;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * A public key, against which signatures of images are checked: ECDSA P-256, Ed25519, or RSA of 2048 to 8192 bits.
 *
 * <p>Two are equal where they are the same key, whatever they are called and however they are encoded: the point of a curve compressed
 * or not, parameters or the sign of a number written in one way or another. Of RSA the modulus decides, since to one modulus belong many
 * exponents that check the same signatures. A value; safe for use by many threads.
 */
public final class VerificationKey {

    private final String name;
    private final KeyKind kind;
    private final AsymmetricKeyParameter key;
    private final byte[] encoded;

    private VerificationKey(String name, KeyKind kind, AsymmetricKeyParameter key, byte[] encoded) {
        this.name = name;
        this.kind = kind;
        this.key = key;
        this.encoded = encoded;
    }

    /** Reads a file that holds one in PEM; it is called what the file is called. */
    public static VerificationKey read(Path file) throws IOException {
        return parse(String.valueOf(file.getFileName()), KeyBlock.read(file));
    }

    /**
     * Reads one in PEM: {@code PUBLIC KEY} (RFC 7468), as {@code cosign} and {@code openssl} write it.
     *
     * @param name what it is called in messages
     */
    public static VerificationKey parse(String name, String pem) throws KeyFormatException {
        KeyBlock block = KeyBlock.parse(name, pem);
        if (!block.type().equals("PUBLIC KEY")) {
            throw new KeyFormatException(name + ": a PEM block '" + block.type() + "', not 'PUBLIC KEY'");
        }
        try {
            return of(name, SubjectPublicKeyInfo.getInstance(block.content()));
        } catch (KeyFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Bouncy Castle's decoders throw both
            throw new KeyFormatException(name + ": not a public key: " + e.getMessage(), e);
        }
    }

    static VerificationKey of(String name, SubjectPublicKeyInfo info) throws IOException {
        AlgorithmIdentifier algorithm = info.getAlgorithm();
        KeyKind kind = KeyKind.of(name, algorithm);
        if (kind == KeyKind.RSA) {
            KeyKind.checkModulus(
                    name, RSAPublicKey.getInstance(info.parsePublicKey()).getModulus());
        }
        AsymmetricKeyParameter key = PublicKeyFactory.createKey(info);
        return new VerificationKey(name, kind, key, kind.encode(key).getEncoded("DER"));
    }

    /** Whether {@code signature} is one of {@code message} by the private key that belongs to this. */
    public boolean verifies(byte[] message, byte[] signature) {
        Signer check = kind.newSigner();
        check.init(false, key);
        check.update(message, 0, message.length);
        return check.verifySignature(signature);
    }

    /** The digest of its usual encoding (SubjectPublicKeyInfo, RFC 5280, points uncompressed), which names it as other tools do. */
    public Digest fingerprint() {
        return Digest.sha256(encoded);
    }

    /** In PEM, as {@link #parse} reads it. */
    public String toPem() {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN PUBLIC KEY-----\n" + lines.encodeToString(encoded) + "\n-----END PUBLIC KEY-----\n";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerificationKey that
                && kind == that.kind
                && identity().equals(that.identity());
    }

    @Override
    public int hashCode() {
        return identity().hashCode();
    }

    private Object identity() {
        return key instanceof RSAKeyParameters rsa ? rsa.getModulus() : ByteBuffer.wrap(encoded);
    }

    /** What it is called. */
    @Override
    public String toString() {
        return name;
    }
}
