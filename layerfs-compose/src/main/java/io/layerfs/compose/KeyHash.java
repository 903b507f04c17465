package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.Digest;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Objects;

/** The digest of a sequence of texts, each with its length, so that different sequences have different digests. */
final class KeyHash {

    private final MessageDigest digest = Digest.newSha256();

    KeyHash add(String text) {
        byte[] bytes = Utf8.encode(text);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
        return this;
    }

    KeyHash add(Collection<String> texts) {
        add(Integer.toString(texts.size()));
        texts.forEach(this::add);
        return this;
    }

    KeyHash add(Attributes attributes) {
        add(Integer.toOctalString(attributes.mode()))
                .add(Integer.toUnsignedString(attributes.uid()))
                .add(Integer.toUnsignedString(attributes.gid()))
                .add(attributes.mtime().toString());
        Xattrs xattrs = attributes.xattrs();
        for (String name : xattrs.names()) {
            byte[] value = Objects.requireNonNull(xattrs.get(name));
            add(name).add(HexFormat.of().formatHex(value));
        }
        return this;
    }

    /** The digest; nothing can be added any more. */
    Digest finish() {
        return Digest.ofSha256(digest.digest());
    }
}
