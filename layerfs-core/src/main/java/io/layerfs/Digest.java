package io.layerfs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The digest of some bytes: {@code algorithm:encoded}, as an OCI descriptor has it (image-spec, descriptor.md).
 *
 * <p>Every value is well-formed, by the grammar and, for sha256, sha512 and blake3, by the length and the lower-case hex
 * that the specification registers for them: it may become a file name. A digest of another algorithm can be carried
 * but not verified. The order is that of the text.
 *
 * @param algorithm such as {@code sha256}
 * @param encoded such as 64 hex digits
 */
public record Digest(String algorithm, String encoded) implements Comparable<Digest> {

    private static final String SHA256 = "sha256";
    private static final Pattern GRAMMAR = Pattern.compile("([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)");
    private static final Pattern HEX = Pattern.compile("[a-f0-9]*");
    private static final int MAX_LENGTH = 256;

    /** Checks the form. */
    public Digest {
        if (!algorithm.equals(SHA256) || !isSha256(encoded)) {
            check(algorithm + ":" + encoded);
        }
    }

    /** What the grammar says of the commonest, without the regular expression. */
    private static boolean isSha256(String encoded) {
        boolean hex = encoded.length() == 64;
        for (int i = 0; hex && i < 64; i++) {
            char c = encoded.charAt(i);
            hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        return hex;
    }

    /**
     * Reads {@code algorithm:encoded}.
     *
     * @throws IllegalArgumentException where it is not of that form
     */
    public static Digest parse(String text) {
        if (text.startsWith(SHA256 + ":")) {
            return new Digest(SHA256, text.substring(SHA256.length() + 1));
        }
        Matcher m = check(text);
        return new Digest(m.group(1), m.group(2));
    }

    private static Matcher check(String text) {
        Matcher m = GRAMMAR.matcher(text);
        if (text.length() > MAX_LENGTH || !m.matches()) {
            throw new IllegalArgumentException("not a digest (algorithm:encoded): " + abbreviate(text));
        }
        int digits = hexDigits(m.group(1));
        if (digits > 0
                && (m.group(2).length() != digits || !HEX.matcher(m.group(2)).matches())) {
            throw new IllegalArgumentException(
                    "not a " + m.group(1) + " digest (" + digits + " lower-case hex digits): " + abbreviate(text));
        }
        return m;
    }

    private static String abbreviate(String text) {
        String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return "'" + Utf8.printable(shown.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    private static int hexDigits(String algorithm) {
        return switch (algorithm) {
            case "sha256", "blake3" -> 64;
            case "sha512" -> 128;
            default -> 0;
        };
    }

    /** The sha256 of these bytes. */
    public static Digest sha256(byte[] bytes) {
        return ofSha256(newSha256().digest(bytes));
    }

    /** The digest whose 32 raw bytes a sha256 computation gave. */
    public static Digest ofSha256(byte[] hash) {
        return new Digest("sha256", HexFormat.of().formatHex(hash));
    }

    /** A fresh sha256 computation. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * A fresh computation of this digest's algorithm: sha256 and sha512 of the JDK; blake3 of Bouncy Castle, where
     * {@code bcprov} is on the class path.
     *
     * @throws NoSuchAlgorithmException where the algorithm is another, or Bouncy Castle is missing
     */
    public MessageDigest newMessageDigest() throws NoSuchAlgorithmException {
        return switch (algorithm) {
            case "sha256" -> MessageDigest.getInstance("SHA-256");
            case "sha512" -> MessageDigest.getInstance("SHA-512");
            case "blake3" -> Blake3.newMessageDigest();
            default -> throw new NoSuchAlgorithmException("cannot compute " + algorithm + " digests");
        };
    }

    /** Whether {@code hash}, the raw bytes of a computation of this algorithm, is this digest. */
    public boolean matches(byte[] hash) {
        return encoded.equals(HexFormat.of().formatHex(hash));
    }

    /**
     * The ChainID of a stack of layers: what names the tree that they give together.
     *
     * <p>{@code ChainID(L0) = DiffID(L0)}, {@code ChainID(L0|...|Ln) = sha256(ChainID(L0|...|Ln-1) + " " +
     * DiffID(Ln))} (image-spec, config.md).
     *
     * @param diffIds base first, at least one
     */
    public static Digest chainId(List<Digest> diffIds) {
        if (diffIds.isEmpty()) {
            throw new IllegalArgumentException("no layers have no ChainID");
        }
        Digest chain = diffIds.get(0);
        for (Digest diffId : diffIds.subList(1, diffIds.size())) {
            chain = chainId(chain, diffId);
        }
        return chain;
    }

    /** The ChainID of a stack of layers, of which all but the top have the ChainID {@code below}. */
    public static Digest chainId(Digest below, Digest top) {
        return sha256((below + " " + top).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return algorithm + ":" + encoded;
    }
}
