package io.layerfs.lint;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.LayerComparison;
import io.layerfs.LayerComparison.Aspect;
import io.layerfs.LayerComparison.Difference;
import io.layerfs.LayerComparison.Field;
import io.layerfs.LayerComparison.FirstByte;
import io.layerfs.LayerPath;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.tar.TarEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Compares two layers' tars: one is read into a table of paths, the entries of the other are looked up in it. */
public final class Comparer {

    private final Tar first;
    private final Tar second;
    private final EntryTable table = new EntryTable();
    private final Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    private final List<Difference> differences = new ArrayList<>();
    private long count;
    private int latest = -1;

    private Comparer(Blob first, Blob second) {
        this.first = new Tar(first);
        this.second = new Tar(second);
    }

    /** Compares two tars, of which it is known what they say. */
    public static LayerComparison compare(Blob first, Changeset firstSays, Blob second, Changeset secondSays)
            throws IOException {
        long offset = Content.mismatch(whole(first), whole(second));
        if (offset < 0) {
            return new LayerComparison(true, true, Set.of(), List.of(), 0, null);
        }
        Comparer comparer = new Comparer(first, second);
        comparer.run();
        FirstByte firstByte = new FirstByte(
                offset, Locator.describe(comparer.first, offset), Locator.describe(comparer.second, offset));
        return new LayerComparison(
                false,
                TreeComparison.same(firstSays, secondSays),
                comparer.aspects,
                comparer.differences,
                comparer.count,
                firstByte);
    }

    private static BlobSlice whole(Blob blob) throws IOException {
        return new BlobSlice(blob, 0, blob.size());
    }

    private void run() throws IOException {
        Gaps gaps = new Gaps(first.blob());
        long end = first.walk((entry, before) -> {
            gaps.add(before, entry.offset());
            table.add(Tar.path(entry), entry.offset());
        });
        Gaps others = new Gaps(second.blob());
        long otherEnd = second.walk((entry, before) -> {
            others.add(before, entry.offset());
            pair(entry);
        });
        for (int i = 0; i < table.count(); i++) {
            if (!table.isTaken(i)) {
                add(Aspect.ENTRIES, new Difference(table.path(i), table.offset(i), -1, List.of()));
            }
        }
        if (!gaps.sameAs(others)) {
            addGeneral(Aspect.FORMAT, "headers for all entries", gaps.toString(), others.toString());
        }
        compareEnds(end, otherEnd);
    }

    private void pair(TarEntry entry) throws IOException {
        LayerPath path = Tar.path(entry);
        int number = table.take(path);
        if (number < 0) {
            add(Aspect.ENTRIES, new Difference(path.toString(), -1, entry.offset(), List.of()));
            return;
        }
        List<Field> fields = EntryComparison.fields(first, first.entry(table.offset(number)), second, entry);
        fields.forEach(field -> aspects.add(field.aspect()));
        boolean moved = number < latest;
        latest = Math.max(latest, number);
        if (moved) {
            aspects.add(Aspect.ORDER);
        }
        if (moved || !fields.isEmpty()) {
            keep(new Difference(path.toString(), table.offset(number), entry.offset(), fields));
        }
    }

    private void compareEnds(long end, long otherEnd) throws IOException {
        BlobSlice rest = new BlobSlice(first.blob(), end, first.blob().size() - end);
        BlobSlice otherRest =
                new BlobSlice(second.blob(), otherEnd, second.blob().size() - otherEnd);
        long at = Content.mismatch(rest, otherRest);
        if (at >= 0) {
            boolean sizes = rest.size() != otherRest.size();
            String where = sizes ? "" : ", different from byte " + at + " on";
            addGeneral(
                    Aspect.END,
                    "behind the last entry",
                    rest.size() + " bytes" + where,
                    otherRest.size() + " bytes" + where);
        }
    }

    private void addGeneral(Aspect aspect, String field, String one, String other) {
        add(aspect, new Difference("", -1, -1, List.of(new Field(aspect, field, one, other))));
    }

    private void add(Aspect aspect, Difference difference) {
        aspects.add(aspect);
        keep(difference);
    }

    private void keep(Difference difference) {
        if (++count <= LayerComparison.KEPT) {
            differences.add(difference);
        }
    }
}
