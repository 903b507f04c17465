package io.layerfs.trust;

import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.RSADigestSigner;

/**
 * The kinds of keys that sign images, each with the one scheme that cosign has for it: nothing beside the key says how a
 * signature was made (cosign, SIGNATURE_SPEC.md).
 */
enum KeyKind {

    /** ECDSA on P-256 with SHA-256, in DER; the same message gives the same signature (RFC 6979). */
    ECDSA_P256 {
        @Override
        SubjectPublicKeyInfo encode(AsymmetricKeyParameter key) {
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1),
                    ((ECPublicKeyParameters) key).getQ().getEncoded(false));
        }

        @Override
        Signer newSigner() {
            return new DSADigestSigner(new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
        }
    },

    /** Ed25519 of the message itself (RFC 8032). */
    ED25519 {
        @Override
        SubjectPublicKeyInfo encode(AsymmetricKeyParameter key) {
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
                    ((Ed25519PublicKeyParameters) key).getEncoded());
        }

        @Override
        Signer newSigner() {
            return new Ed25519Signer();
        }
    },

    /** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017). */
    RSA {
        @Override
        SubjectPublicKeyInfo encode(AsymmetricKeyParameter key) throws IOException {
            RSAKeyParameters rsa = (RSAKeyParameters) key;
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new RSAPublicKey(rsa.getModulus(), rsa.getExponent()));
        }

        @Override
        Signer newSigner() {
            return new RSADigestSigner(new SHA256Digest());
        }
    };

    private static final int MIN_RSA = 2048;
    private static final int MAX_RSA = 8192;

    /** The one encoding of a public key, of the several that say the same. */
    abstract SubjectPublicKeyInfo encode(AsymmetricKeyParameter key) throws IOException;

    /** A computation of signatures, or a check of them, that is to be given a key. */
    abstract Signer newSigner();

    /** The kind of the keys of an algorithm. */
    static KeyKind of(String key, AlgorithmIdentifier identifier) throws KeyFormatException {
        ASN1ObjectIdentifier algorithm = identifier.getAlgorithm();
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return ED25519;
        }
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return RSA;
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            // by name only: a curve that is written out may be a forged one (CVE-2020-0601)
            ASN1Encodable curve = identifier.getParameters();
            if (SECObjectIdentifiers.secp256r1.equals(curve)) {
                return ECDSA_P256;
            }
            throw new KeyFormatException(key + ": a key on the curve "
                    + (curve instanceof ASN1ObjectIdentifier name ? name : "that is written out in it")
                    + "; of elliptic curves, P-256 (1.2.840.10045.3.1.7) and Ed25519 can be used");
        }
        throw new KeyFormatException(
                key + ": a key for the algorithm " + algorithm + "; ECDSA P-256, Ed25519 and RSA can be used");
    }

    /** Checks the size of an RSA key. */
    static void checkModulus(String key, BigInteger modulus) throws KeyFormatException {
        int bits = modulus.bitLength();
        if (bits < MIN_RSA || bits > MAX_RSA) {
            throw new KeyFormatException(
                    key + ": an RSA key of " + bits + " bits; it must have " + MIN_RSA + " to " + MAX_RSA);
        }
    }
}
