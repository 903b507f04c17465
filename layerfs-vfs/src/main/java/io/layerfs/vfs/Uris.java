package io.layerfs.vfs;

import io.layerfs.Name;
import io.layerfs.Utf8;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * URIs of paths: {@code layerfs://3/etc/passwd}, where 3 is the file system, known by that number while it is open. A byte
 * that is no letter, digit or {@code -._~!$&'()*+,;=:@} is written as {@code %XX}.
 */
final class Uris {

    static final String SCHEME = "layerfs";

    private static final String PLAIN = "-._~!$&'()*+,;=:@";

    private Uris() {}

    static byte[] bytes(NioPath path) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String separator = path.isAbsolute() ? "/" : "";
        for (Name name : path.names()) {
            out.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(name.toBytes());
            separator = "/";
        }
        if (path.names().length == 0 && path.isAbsolute()) {
            out.write('/');
        }
        return out.toByteArray();
    }

    /** The URI of a path; as with the default provider, a directory's ends in a slash. */
    static URI of(NioPath absolute, boolean directory) {
        StringBuilder uri =
                new StringBuilder(SCHEME + "://" + absolute.getFileSystem().id());
        for (byte b : bytes(absolute)) {
            char c = (char) (b & 0xff);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter || c == '/' || PLAIN.indexOf(c) >= 0) {
                uri.append(c);
            } else {
                uri.append(String.format("%%%02X", (int) c));
            }
        }
        return URI.create(directory && absolute.names().length > 0 ? uri + "/" : uri.toString());
    }

    /** The path that a URI spells: its percent signs are bytes. */
    static String path(URI uri) {
        String raw = uri.getRawPath();
        if (raw == null || raw.isEmpty()) {
            throw new IllegalArgumentException("a URI without a path: " + uri);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("a URI with a query or a fragment: " + uri);
        }
        return decoded(raw);
    }

    /** What is meant by text in which a percent sign and two digits are a byte. */
    static String decoded(String raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 3 > raw.length()) {
                    throw new IllegalArgumentException("a percent sign without two digits: " + raw);
                }
                out.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return Utf8.decode(out.toByteArray());
    }

    /** Whether a URI leaves it open which file system it means. */
    static boolean isAny(URI uri) {
        return SCHEME.equalsIgnoreCase(uri.getScheme()) && !uri.isOpaque() && uri.getRawAuthority() == null;
    }

    /** The number of the file system that a URI means. */
    static long id(URI uri) {
        if (!SCHEME.equalsIgnoreCase(uri.getScheme())) {
            throw notOurs(uri);
        }
        return id(uri.getAuthority(), uri);
    }

    /** The number of the file system that an authority means, which is that of {@code url}. */
    static long id(@Nullable String authority, Object url) {
        if (authority == null || !authority.matches("[0-9]{1,18}")) {
            throw notOurs(url);
        }
        return Long.parseLong(authority);
    }

    private static IllegalArgumentException notOurs(Object url) {
        return new IllegalArgumentException("not of the form " + SCHEME + "://NUMBER/path: " + url);
    }
}
