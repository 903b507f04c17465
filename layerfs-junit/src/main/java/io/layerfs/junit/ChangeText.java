package io.layerfs.junit;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What was changed, as text: a line for each name, {@code +} for what is there now, {@code -} for what is gone, and the
 * content of short text files. Says how much it leaves out.
 */
final class ChangeText {

    private static final int MAX_LENGTH = 32 << 10;
    private static final int MAX_CONTENT = 2 << 10;

    private final StringBuilder text = new StringBuilder();
    private int left;

    private ChangeText() {}

    static String of(Changeset changes) throws IOException {
        ChangeText out = new ChangeText();
        changes.walk(out::add);
        if (out.text.isEmpty()) {
            return "  nothing\n";
        }
        return out.left == 0 ? out.text.toString() : out.text + "  and " + out.left + " more\n";
    }

    private void add(LayerPath path, Entry entry) throws IOException {
        boolean silent = entry instanceof Entry.Directory directory && directory.implicit() && !directory.opaque();
        if (silent) {
            return;
        }
        if (text.length() > MAX_LENGTH) {
            left++;
            return;
        }
        String name = path.depth() == 0 ? "/" : "/" + path;
        if (entry instanceof Entry.Whiteout) {
            text.append("  - ").append(name).append('\n');
        } else {
            text.append("  + ")
                    .append(name)
                    .append(": ")
                    .append(describe(entry))
                    .append('\n');
        }
        if (entry instanceof Entry.RegularFile file) {
            addContent(file.content());
        }
    }

    private static String describe(Entry entry) {
        if (!(entry instanceof Entry.Node node)) {
            return "another name of /" + ((Entry.HardLink) entry).target();
        }
        String attributes = String.format(
                " %04o %s:%s",
                node.attributes().mode(),
                Integer.toUnsignedString(node.attributes().uid()),
                Integer.toUnsignedString(node.attributes().gid()));
        String type = node.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (entry instanceof Entry.RegularFile file) {
            return "file" + attributes + ", " + file.content().size() + " bytes";
        }
        if (entry instanceof Entry.Symlink link) {
            return "link to " + link.target();
        }
        boolean opaque = entry instanceof Entry.Directory directory && directory.opaque();
        return type + attributes + (opaque ? ", all that was in it is gone" : "");
    }

    private void addContent(Content content) throws IOException {
        if (content.size() == 0 || content.size() > MAX_CONTENT) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
        content.read(0, bytes);
        String decoded;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            return; // no text
        }
        boolean printable = decoded.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\t' || c == '\r');
        if (printable) {
            decoded.lines().forEach(line -> text.append("      | ").append(line).append('\n'));
        }
    }
}
