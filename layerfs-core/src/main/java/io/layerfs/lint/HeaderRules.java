package io.layerfs.lint;

import io.layerfs.LayerLint.Place;
import io.layerfs.LintRule;
import io.layerfs.Utf8;
import io.layerfs.tar.RawHeader;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarField;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How the headers say what they say: PAX records beside fields, spelling of numbers. */
final class HeaderRules {

    private final Findings findings;

    HeaderRules(Findings findings) {
        this.findings = findings;
    }

    /** Looks at one header by itself. */
    void check(RawHeader header) {
        List<RawHeader.PaxRecord> records = header.records();
        Place place = Findings.place(header.offset());
        if (header.type() == 'g') {
            Set<String> keywords = new HashSet<>();
            records.forEach(record -> keywords.add(record.keyword()));
            String message = "a PAX header for all entries: " + Findings.quote(bytes(String.join(" ", keywords)));
            if (keywords.equals(Set.of("comment"))) {
                findings.info(LintRule.GLOBAL_HEADER, place, message); // as git archive writes it
            } else {
                findings.warning(LintRule.GLOBAL_HEADER, place, message);
            }
        }
        Set<String> seen = new HashSet<>();
        for (RawHeader.PaxRecord record : records) {
            // Sparse format 0.0 repeats a pair for each extent.
            if (!seen.add(record.keyword()) && !record.keyword().startsWith("GNU.sparse.")) {
                findings.warning(
                        LintRule.PAX_REPEATS_KEYWORD,
                        Findings.place(record.offset()),
                        "a second record " + Findings.quote(bytes(record.keyword())) + " in one PAX header");
            }
        }
    }

    /** Looks at the headers of an entry, of which the last one is its own. */
    void check(TarEntry entry, List<RawHeader> headers) throws IOException {
        RawHeader own = headers.get(headers.size() - 1);
        for (RawHeader header : headers) {
            for (RawHeader.PaxRecord record : header.records()) {
                checkAgainst(own, record, entry);
            }
        }
        checkSpelling(own, entry);
    }

    private void checkAgainst(RawHeader own, RawHeader.PaxRecord record, TarEntry entry) throws IOException {
        byte[] value = record.value();
        if (value.length == 0) {
            return;
        }
        switch (record.keyword()) {
            case "path" -> compare(TarField.NAME, path(own), withoutSlash(value), record, entry);
            case "linkpath" -> compare(TarField.LINK_NAME, own.text(TarField.LINK_NAME), value, record, entry);
            case "size" -> compare(TarField.SIZE, number(value), own, record, entry);
            case "uid" -> compare(TarField.UID, number(value), own, record, entry);
            case "gid" -> compare(TarField.GID, number(value), own, record, entry);
            case "mtime" -> {
                long seconds = entry.attributes().mtime().getEpochSecond();
                compare(TarField.MTIME, BigInteger.valueOf(seconds), own, record, entry);
            }
            default -> {} // stands for no field
        }
    }

    /** Only text that the field could have held as it is: what is longer or not ASCII is cut in many ways. */
    private void compare(TarField field, byte[] text, byte[] value, RawHeader.PaxRecord record, TarEntry entry) {
        boolean fits = value.length <= field.length() && isAscii(value);
        if (fits && !Arrays.equals(withoutSlash(text), value)) {
            contradiction(field, Findings.quote(value), Findings.quote(text), record, entry);
        }
    }

    private void compare(TarField field, BigInteger value, RawHeader own, RawHeader.PaxRecord record, TarEntry entry)
            throws IOException {
        boolean fits = value.signum() >= 0 && value.bitLength() <= 3 * (field.length() - 1);
        long stored = own.number(field);
        if (fits && value.longValue() != stored) {
            contradiction(field, value.toString(), Long.toString(stored), record, entry);
        }
    }

    private void contradiction(
            TarField field, String value, String stored, RawHeader.PaxRecord record, TarEntry entry) {
        findings.warning(
                LintRule.PAX_CONTRADICTS_HEADER,
                new Place(Findings.place(entry).path(), record.offset()),
                "the PAX record " + record.keyword() + " says " + value + ", the header's field " + field + " "
                        + stored);
    }

    private static byte[] path(RawHeader own) {
        byte[] name = own.text(TarField.NAME);
        byte[] prefix = own.isUstar() ? own.text(TarField.PREFIX) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        byte[] path = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        path[prefix.length] = '/';
        System.arraycopy(name, 0, path, prefix.length + 1, name.length);
        return path;
    }

    private static byte[] withoutSlash(byte[] path) {
        boolean slash = path.length > 1 && path[path.length - 1] == '/';
        return slash ? Arrays.copyOf(path, path.length - 1) : path;
    }

    private void checkSpelling(RawHeader own, TarEntry entry) throws IOException {
        List<String> odd = new ArrayList<>();
        if (own.layout().equals("v7")) {
            odd.add("no magic");
        }
        if (own.type() == 0 || own.type() == '7') {
            odd.add("type");
        }
        for (TarField field : TarField.values()) {
            boolean device = field == TarField.DEVICE_MAJOR || field == TarField.DEVICE_MINOR;
            boolean absent = device && (own.layout().equals("v7") || isBlank(own.bytes(field)));
            if (field.kind() == TarField.Kind.NUMBER && !absent && !isUsual(own, field)) {
                odd.add(field.toString());
            }
        }
        if (!odd.isEmpty()) {
            findings.info(
                    LintRule.NOT_CANONICAL,
                    Findings.place(entry),
                    "not as writers of today spell it: " + String.join(", ", odd));
        }
    }

    /** Whether a number fills its field with octal digits and one or two terminators; or needs base-256. */
    private static boolean isUsual(RawHeader header, TarField field) throws IOException {
        byte[] bytes = header.bytes(field);
        if (bytes[0] < 0) {
            long value = header.number(field);
            return value < 0 || value >>> (3 * (field.length() - 1)) != 0;
        }
        int digits = 0;
        while (digits < bytes.length && bytes[digits] >= '0' && bytes[digits] <= '7') {
            digits++;
        }
        boolean ends = true;
        for (int i = digits; i < bytes.length; i++) {
            ends &= bytes[i] == 0 || bytes[i] == ' ';
        }
        return ends && digits >= bytes.length - 2;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    /** At most 19 digits behind leading zeros: the reader has accepted it. */
    private static BigInteger number(byte[] decimal) {
        return new BigInteger(new String(decimal, StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(String keyword) {
        return Utf8.encode(keyword);
    }
}
