package io.layerfs;

import io.layerfs.blob.Blob;
import io.layerfs.lint.Comparer;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why two layers have different digests: what differs in what they say, and, where they say the same, in how their tars say it.
 *
 * <p>Entries are paired by path; of a path that comes several times, the first with the first, and so on. Memory is about 40
 * bytes and the name for each path of one layer.
 *
 * @param identical whether the tars are the same, byte for byte
 * @param sameTree whether both say the same: the changesets are equal
 * @param aspects all in which they differ
 * @param differences entry by entry, in the order of the second tar; the first {@value #KEPT}
 * @param count how many differences there are
 * @param firstByte where the tars begin to differ; null where they are identical
 */
public record LayerComparison(
        boolean identical,
        boolean sameTree,
        Set<Aspect> aspects,
        List<Difference> differences,
        long count,
        @Nullable FirstByte firstByte) {

    /** How many differences are kept. */
    public static final int KEPT = 10_000;

    /** In what two tars can differ. */
    public enum Aspect {
        /** One has an entry that the other has not. */
        ENTRIES,
        /** What kind of file an entry is. */
        TYPE,
        /** The bytes of a file, or how many there are. */
        CONTENT,
        /** Where a link leads. */
        LINK_TARGET,
        /** Device numbers. */
        DEVICE,
        /** Permissions. */
        MODE,
        /** Owner or group, by number. */
        OWNER,
        /** When a file was modified. */
        TIME,
        /** Extended attributes. */
        XATTRS,
        /** The order of the entries. */
        ORDER,
        /** How paths are spelled: {@code ./a} or {@code a}. */
        SPELLING,
        /** Headers that mean the same: layout, names of users, how numbers are written, extra records. */
        FORMAT,
        /** Bytes between entries that say nothing. */
        SLACK,
        /** What lies behind the last entry. */
        END
    }

    /**
     * One difference of an entry.
     *
     * @param field what it is, in words: {@code mtime}, {@code PAX record SCHILY.fflags}
     * @param first what the first tar has; empty for nothing
     * @param second what the second one has; empty for nothing
     */
    public record Field(Aspect aspect, String field, String first, String second) {}

    /**
     * What differs of one entry, or, where the path is empty, of what belongs to no entry.
     *
     * @param path in the string form of {@link Name}, as {@link LayerPath} spells it
     * @param firstOffset where the entry is in the first tar; -1 where it is not
     * @param secondOffset where the entry is in the second tar; -1 where it is not
     * @param fields none where only one tar has it, or only the order differs
     */
    public record Difference(String path, long firstOffset, long secondOffset, List<Field> fields) {
        /** Copies the list. */
        public Difference {
            fields = List.copyOf(fields);
        }
    }

    /**
     * The first byte that differs.
     *
     * @param offset in both tars
     * @param first what it belongs to in the first tar: the entry and the field, in words
     * @param second what it belongs to in the second
     */
    public record FirstByte(long offset, String first, String second) {}

    /** Copies the collections. */
    public LayerComparison {
        EnumSet<Aspect> copy = EnumSet.noneOf(Aspect.class);
        copy.addAll(aspects);
        aspects = Collections.unmodifiableSet(copy);
        differences = List.copyOf(differences);
    }

    /** Compares two layers. */
    public static LayerComparison between(Layer first, Layer second) throws IOException {
        return Comparer.compare(Blob.open(first.tar()), first.changeset(), Blob.open(second.tar()), second.changeset());
    }
}
