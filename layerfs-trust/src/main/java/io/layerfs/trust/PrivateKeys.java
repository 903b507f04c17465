package io.layerfs.trust;

import java.io.IOException;
import java.io.StringReader;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/** Private keys in the forms in which PEM has them, decrypted. */
final class PrivateKeys {

    private PrivateKeys() {}

    static PrivateKeyInfo decode(KeyBlock block, char @Nullable [] passphrase) throws KeyFormatException {
        String key = block.key();
        if (block.isEncrypted() && passphrase == null) {
            throw new KeyFormatException(key + ": it is encrypted; a passphrase is needed");
        }
        char[] secret = passphrase == null ? new char[0] : passphrase;
        try {
            return switch (block.type()) {
                case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.content());
                case "EC PRIVATE KEY", "RSA PRIVATE KEY" -> traditional(block, secret);
                case "ENCRYPTED PRIVATE KEY" -> pkcs8(block.content(), secret);
                case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY" ->
                    PrivateKeyInfo.getInstance(CosignKey.decrypt(key, block.content(), secret));
                default ->
                    throw new KeyFormatException(key + ": a PEM block '" + block.type() + "', not a private key");
            };
        } catch (KeyFormatException e) {
            throw e;
        } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
            // Bouncy Castle tells a wrong passphrase by whatever goes wrong with the bytes that it gives
            throw new KeyFormatException(
                    key + ": "
                            + (block.isEncrypted()
                                    ? "the passphrase is wrong, or the key is damaged: "
                                    : "not a private key: ")
                            + e.getMessage(),
                    e);
        }
    }

    private static PrivateKeyInfo pkcs8(byte[] content, char[] passphrase)
            throws IOException, PKCSException, OperatorCreationException {
        PKCS8EncryptedPrivateKeyInfo encrypted = new PKCS8EncryptedPrivateKeyInfo(content);
        char[] secret = isLatin(encrypted.getEncryptionAlgorithm()) ? wide(passphrase) : passphrase;
        return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                .setProvider(new BouncyCastleProvider())
                .build(secret));
    }

    /** Whether Bouncy Castle takes one byte of each character: so it does for HMAC-SHA1, and UTF-8 for all others. */
    private static boolean isLatin(AlgorithmIdentifier encryption) {
        if (!encryption.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
            return false;
        }
        KeyDerivationFunc derivation =
                PBES2Parameters.getInstance(encryption.getParameters()).getKeyDerivationFunc();
        return derivation.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)
                && PBKDF2Params.getInstance(derivation.getParameters()).isDefaultPrf();
    }

    /** A character for each byte of the passphrase in UTF-8, which is what OpenSSL takes. */
    private static char[] wide(char[] passphrase) {
        byte[] bytes = CosignKey.utf8(passphrase);
        char[] wide = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            wide[i] = (char) (bytes[i] & 0xff);
        }
        return wide;
    }

    private static PrivateKeyInfo traditional(KeyBlock block, char[] passphrase) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(block.text()))) {
            for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PEMEncryptedKeyPair encrypted) {
                    return encrypted
                            .decryptKeyPair(new BcPEMDecryptorProvider(passphrase))
                            .getPrivateKeyInfo();
                }
                if (found instanceof PEMKeyPair plain) {
                    return plain.getPrivateKeyInfo();
                }
            }
        }
        throw new IOException("no key is in it");
    }
}
