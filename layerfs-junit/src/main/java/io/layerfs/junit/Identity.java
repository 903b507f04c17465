package io.layerfs.junit;

import io.layerfs.Attributes;
import io.layerfs.Digest;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** What tells that a file is as it was. */
final class Identity {

    private Identity() {}

    /** Of a file in a directory: its name, its type, what is said of it, and, for its content, its size and time. */
    static String of(LayerPath name, Entry entry) {
        if (!(entry instanceof Entry.Node node)) {
            return "";
        }
        Attributes attributes = node.attributes();
        String more = "";
        if (entry instanceof Entry.RegularFile file) {
            more = file.content().size() + " " + file.inode();
        } else if (entry instanceof Entry.Symlink link) {
            more = link.target();
        }
        return "\0" + name + "\0" + node.type() + " " + attributes.mode() + " " + attributes.mtime() + " " + more;
    }

    /** Of its bytes. */
    static String ofContent(Path file) throws IOException {
        MessageDigest digest = Digest.newSha256();
        try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        }
        return Digest.ofSha256(digest.digest()).toString();
    }
}
