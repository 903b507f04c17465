package io.layerfs.tar;

import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes as PAX records hold them: {@code SCHILY.xattr.NAME} with the value as it is, and
 * {@code LIBARCHIVE.xattr.NAME} with the name percent-encoded and the value in base64. Where an entry has both for one
 * name, the former holds: it is what container engines read. Sources: star(5); libarchive, tar(5).
 */
final class TarXattrs {

    private static final String SCHILY = "SCHILY.xattr.";
    private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";

    private TarXattrs() {}

    /** The attributes among {@code records}. */
    static Xattrs of(PaxRecords records) throws TarSyntaxException {
        Map<String, byte[]> values = new TreeMap<>();
        for (String keyword : records.keywords()) {
            byte[] value = records.raw(keyword);
            if (value != null && keyword.startsWith(SCHILY)) {
                put(values, keyword.substring(SCHILY.length()), value, records);
            } else if (value != null && keyword.startsWith(LIBARCHIVE)) {
                String name = percentDecoded(keyword.substring(LIBARCHIVE.length()), records);
                if (records.raw(SCHILY + name) == null) {
                    put(values, name, base64Decoded(name, value, records), records);
                }
            }
        }
        return Xattrs.of(values);
    }

    private static void put(Map<String, byte[]> values, String name, byte[] value, PaxRecords records)
            throws TarSyntaxException {
        byte[] bytes = Utf8.encode(name);
        if (bytes.length == 0 || bytes.length > TarLimits.XATTR_NAME) {
            throw new TarSyntaxException(
                    records.offset(),
                    "the name of an extended attribute has " + bytes.length + " bytes, not 1 to " + TarLimits.XATTR_NAME
                            + ": " + TarSyntaxException.quote(bytes));
        }
        if (value.length > TarLimits.XATTR_VALUE) {
            throw new TarSyntaxException(
                    records.offset(),
                    "the extended attribute " + TarSyntaxException.quote(bytes) + " has " + value.length
                            + " bytes, more than " + TarLimits.XATTR_VALUE);
        }
        values.put(name, value);
    }

    private static String percentDecoded(String encoded, PaxRecords records) throws TarSyntaxException {
        byte[] in = Utf8.encode(encoded);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] != '%') {
                out.write(in[i]);
                continue;
            }
            int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
            if (high < 0 || low < 0 || (high | low) == 0) {
                throw new TarSyntaxException(
                        records.offset(),
                        "the name of an extended attribute is not percent-encoded: " + TarSyntaxException.quote(in));
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return Utf8.decode(out.toByteArray());
    }

    private static byte[] base64Decoded(String name, byte[] value, PaxRecords records) throws TarSyntaxException {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new TarSyntaxException(
                    records.offset(),
                    "the value of the extended attribute "
                            + TarSyntaxException.quote(name.getBytes(StandardCharsets.UTF_8)) + " is not base64: "
                            + e.getMessage());
        }
    }
}
