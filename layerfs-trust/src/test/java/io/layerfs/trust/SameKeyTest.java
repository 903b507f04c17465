package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.ImagePolicy;
import io.layerfs.ImageSignature;
import io.layerfs.UntrustedImageException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One key counts once (row 18 of the attacks), however it is written, and so does one signature. */
class SameKeyTest {

    private static final Digest IMAGE = Digest.sha256(new byte[] {1});
    private static final String APP = "registry.example.com/team/app:1";
    private static final X9ECParameters P256 = ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256r1);

    @TempDir
    Path directory;

    private static VerificationKey key(String name, SubjectPublicKeyInfo info) throws IOException {
        return VerificationKey.parse(name, pem(info));
    }

    private static String pem(SubjectPublicKeyInfo info) throws IOException {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(info.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static SubjectPublicKeyInfo curve(byte[] point) {
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1), point);
    }

    private static SubjectPublicKeyInfo info(SigningKey key) {
        String base64 = key.publicKey().toPem().replaceAll("-----[^-]*-----|\\s", "");
        return SubjectPublicKeyInfo.getInstance(Base64.getDecoder().decode(base64));
    }

    private static ECPoint point(SigningKey key) {
        return P256.getCurve().decodePoint(info(key).getPublicKeyData().getBytes());
    }

    @Test
    void row18OneP256KeyInTwoSpellingsCountsOnce() throws IOException {
        ECPoint point = point(Keys.ALICE);
        VerificationKey alice = Keys.ALICE.publicKey();
        byte[] hybrid = point.getEncoded(false);
        hybrid[0] = (byte) (6 + (hybrid[64] & 1));
        for (byte[] spelled : List.of(point.getEncoded(true), hybrid)) {
            VerificationKey again = key("again", curve(spelled));
            assertSame(alice, again);
            ImageSignature signature = Signer.of(Keys.ALICE).sign(IMAGE, APP, Map.of());
            assertThatThrownBy(() -> TrustRule.of("**").signedBy(2, List.of(alice, again)))
                    .hasMessageContaining("signatures by 2 of 1 different keys");
            TrustRule two = TrustRule.of("**").signedBy(2, List.of(alice, again, Keys.BOB.publicKey()));
            assertRefused(two, signature, malleated(signature));
        }
    }

    private static void assertSame(VerificationKey one, VerificationKey other) {
        assertThat(other).isEqualTo(one).hasSameHashCodeAs(one);
    }

    private static void assertRefused(TrustRule rule, ImageSignature... signatures) {
        TrustPolicy policy = TrustPolicy.of(List.of(rule), warning -> {});
        ImagePolicy.Candidate image = new ImagePolicy.Candidate(List.of(APP), List.of(IMAGE), List.of(signatures));
        assertThatThrownBy(() -> policy.check(image)).isInstanceOf(UntrustedImageException.class);
    }

    /** The other signature that is true where (r, s) is: (r, n - s). */
    private static ImageSignature malleated(ImageSignature signature) throws IOException {
        BigInteger[] parts = parts(signature);
        byte[] other = new DERSequence(new ASN1Integer[] {
                    new ASN1Integer(parts[0]), new ASN1Integer(P256.getN().subtract(parts[1]))
                })
                .getEncoded();
        return ImageSignature.of(
                signature.payload(),
                Map.of(ImageSignature.SIGNATURE, Base64.getEncoder().encodeToString(other)));
    }

    private static BigInteger[] parts(ImageSignature signature) {
        ASN1Sequence sequence = ASN1Sequence.getInstance(
                Base64.getDecoder().decode(signature.annotations().get(ImageSignature.SIGNATURE)));
        return new BigInteger[] {
            ASN1Integer.getInstance(sequence.getObjectAt(0)).getValue(),
            ASN1Integer.getInstance(sequence.getObjectAt(1)).getValue()
        };
    }

    @Test
    void row18OneRsaKeyCountsOnceWhateverItsParametersAndExponent() throws IOException {
        RSAPublicKey rsa = RSAPublicKey.getInstance(info(Keys.CAROL).parsePublicKey());
        VerificationKey carol = Keys.CAROL.publicKey();
        SubjectPublicKeyInfo bare =
                new SubjectPublicKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption), rsa);
        assertSame(carol, key("bare", bare));
        // whoever knows the primes knows further exponents that check the same signatures
        RSAPublicKey further =
                new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent().add(BigInteger.TWO));
        assertSame(
                carol,
                key(
                        "further",
                        new SubjectPublicKeyInfo(
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                                further)));
        assertThat(key("bare", bare).fingerprint()).isEqualTo(carol.fingerprint());
    }

    @Test
    void row18OneEd25519KeyCountsOnceWhateverItsParameters() throws IOException {
        SubjectPublicKeyInfo bob = info(Keys.BOB);
        SubjectPublicKeyInfo withNull =
                SubjectPublicKeyInfo.getInstance(new DERSequence(new org.bouncycastle.asn1.ASN1Encodable[] {
                    new AlgorithmIdentifier(bob.getAlgorithm().getAlgorithm(), DERNull.INSTANCE),
                    new DERBitString(bob.getPublicKeyData().getBytes())
                }));
        assertSame(Keys.BOB.publicKey(), key("again", withNull));
        assertThat(Keys.BOB.publicKey()).isNotEqualTo(Keys.ALICE.publicKey());
    }

    @Test
    void row18APolicyDocumentThatHasAKeyTwiceDoesNotAskForTwo() throws IOException {
        String one = Keys.ALICE.publicKey().toPem().replace("\n", "\\n");
        String other = pem(curve(point(Keys.ALICE).getEncoded(true))).replace("\n", "\\n");
        Path file = Files.writeString(
                directory.resolve("policy.json"),
                "{\"version\":1,\"keys\":{\"a\":\"" + one + "\",\"b\":\"" + other
                        + "\"},\"rules\":[{\"match\":\"**\",\"keys\":[\"a\",\"b\"],\"require\":2}]}");
        assertThatThrownBy(() -> TrustPolicy.read(file, warning -> {}))
                .hasMessageContaining("signatures by 2 of 1 different keys");
    }

    /** The further key that an ECDSA signature fits, too (SEC 1, 4.1.6): anybody can compute it, and call it his own. */
    private static byte[] further(ImageSignature signature, ECPoint signer) {
        BigInteger[] parts = parts(signature);
        BigInteger n = P256.getN();
        BigInteger hash = new BigInteger(
                1,
                java.util.HexFormat.of()
                        .parseHex(Digest.sha256(signature.payload()).encoded()));
        for (int sign = 2; sign <= 3; sign++) {
            byte[] compressed = new byte[33];
            byte[] x = org.bouncycastle.util.BigIntegers.asUnsignedByteArray(32, parts[0]);
            System.arraycopy(x, 0, compressed, 1, 32);
            compressed[0] = (byte) sign;
            ECPoint r = P256.getCurve().decodePoint(compressed);
            ECPoint key =
                    r.multiply(parts[1]).subtract(P256.getG().multiply(hash)).multiply(parts[0].modInverse(n));
            if (!key.equals(signer)) {
                return key.normalize().getEncoded(false);
            }
        }
        throw new AssertionError("one of them is the signer's");
    }

    @Test
    void row18OneSignatureCountsForOneKeyThoughItFitsTwo() throws IOException {
        ImageSignature signature = Signer.of(Keys.ALICE).sign(IMAGE, APP, Map.of());
        VerificationKey forged = key("forged", curve(further(signature, point(Keys.ALICE))));
        byte[] bytes = Base64.getDecoder().decode(signature.annotations().get(ImageSignature.SIGNATURE));
        assertThat(forged.verifies(signature.payload(), bytes)).isTrue();
        assertThat(forged).isNotEqualTo(Keys.ALICE.publicKey());
        VerificationKey alice = Keys.ALICE.publicKey();
        assertRefused(TrustRule.of("**").signedBy(2, List.of(alice, forged)), signature, malleated(signature));
        assertRefused(TrustRule.of("**").signedBy(2, List.of(forged, alice)), signature, malleated(signature));
    }
}
