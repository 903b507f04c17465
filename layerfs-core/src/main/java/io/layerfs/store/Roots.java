package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.LayoutIndex;
import io.layerfs.oci.Signatures;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where all that a store needs begins: the entries of {@code index.json}, the writable views that have names, and what living
 * processes hold.
 *
 * @param entries one for each digest, in the order in which they came
 * @param views what the views need
 * @param held what living processes hold
 */
record Roots(List<Entry> entries, Needs views, Needs held) {

    /**
     * An image, or another document.
     *
     * @param names all of them, in the order in which they came
     * @param subject what it says something of, so that it lives as long as that; null where it stands for itself
     */
    record Entry(
            Digest digest, List<String> names, @Nullable Digest subject, Needs needs) {

        /** Whether a name keeps it: one that is no more than a reference to what it is about does not. */
        boolean isNamed() {
            return names.stream().anyMatch(name -> Signatures.signed(name) == null);
        }
    }

    /** Whether it must be known of all of them what they need, as for a collection, or is told of as far as it is known. */
    enum Wanted {
        ALL,
        WHAT_IS_KNOWN
    }

    /**
     * What is listed, held and viewed at one moment: so little to read that all who wait can wait for it. What it needs is another
     * matter.
     *
     * @param names those of each entry, in the order in which they came
     * @param images those of the entries that are images, and not only what is said of one
     */
    record State(
            Hold.All holds,
            Map<Digest, List<String>> names,
            Set<Digest> images,
            Set<ViewDocument> views,
            Wanted wanted) {

        /** Reads it; exact while the caller has the lock {@link Hold#COLLECTION}. */
        static State read(StorePaths paths, StoreLocks locks, References references, Views views, Wanted wanted)
                throws IOException {
            // first of all: who ends a hold has published what refers to it before
            Hold.All holds = Hold.readAll(paths, locks);
            Map<Digest, List<String>> names = new LinkedHashMap<>();
            Set<Digest> images = new HashSet<>();
            for (LayoutIndex.Entry entry : references.index().entries()) {
                Descriptor image = entry.descriptor();
                if (image == null && wanted == Wanted.WHAT_IS_KNOWN) {
                    continue;
                }
                if (image == null) {
                    throw new MalformedLayerException("what an image needs is not known: " + entry.defect());
                }
                List<String> known = names.computeIfAbsent(image.digest(), digest -> new ArrayList<>());
                String name = image.name();
                if (name != null) {
                    known.add(name);
                }
                if (!image.isStatement()) {
                    images.add(image.digest()); // whatever it is called besides
                }
            }
            return new State(
                    holds, names, images, new LinkedHashSet<>(views.documents().values()), wanted);
        }

        /** The same when these entries are not listed any more: then one of them is new when it is listed again. */
        State without(Set<Digest> removed) {
            Map<Digest, List<String>> left = new LinkedHashMap<>(names);
            left.keySet().removeAll(removed);
            return new State(holds, left, images, views, wanted);
        }

        /** What is here and was not {@code before}: entries with a new name, what is held and viewed since. */
        State since(State before) {
            Hold.All held = new Hold.All(new HashSet<>(holds.images()), new HashSet<>(holds.blobs()));
            held.images().removeAll(before.holds.images());
            held.blobs().removeAll(before.holds.blobs());
            Map<Digest, List<String>> named = new LinkedHashMap<>();
            names.forEach((digest, all) -> {
                List<String> known = before.names.get(digest);
                boolean image = images.contains(digest) && !before.images.contains(digest);
                if (known == null || image || !new HashSet<>(known).containsAll(all)) {
                    named.put(digest, all);
                }
            });
            Set<ViewDocument> viewed = new LinkedHashSet<>(views);
            viewed.removeAll(before.views);
            return new State(held, named, images, viewed, wanted);
        }
    }

    /** Finds out what all of it needs, by reading its documents. */
    static Roots of(StorePaths paths, State state) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<Digest, List<String>> image : state.names.entrySet()) {
            boolean isImage = state.images.contains(image.getKey());
            entries.add(entry(paths, image.getKey(), image.getValue(), isImage, state.wanted));
        }
        Needs ofViews = Needs.none();
        for (ViewDocument view : state.views) {
            ofViews.addStack(view.diffIds());
            addIfThere(ofViews, paths, view.image());
        }
        Needs held = Needs.ofBlobs(state.holds.blobs());
        for (Digest image : state.holds.images()) {
            addIfThere(held, paths, image);
        }
        return new Roots(entries, ofViews, held);
    }

    private static Entry entry(StorePaths paths, Digest digest, List<String> names, boolean image, Wanted wanted)
            throws IOException {
        Needs needs = Needs.none();
        try {
            needs.addDocument(paths, digest);
            Digest subject = Needs.subject(paths, digest);
            for (String name : image ? List.<String>of() : names) {
                subject = subject == null ? Signatures.signed(name) : subject;
            }
            return new Entry(digest, names, subject, needs);
        } catch (IOException e) {
            if (wanted == Wanted.WHAT_IS_KNOWN) {
                return new Entry(digest, names, null, needs);
            }
            String what = names.isEmpty() ? digest.toString() : names.get(0) + " (" + digest + ")";
            throw new IOException("what " + what + " needs is not known: " + e + "; remove it, or import it again", e);
        }
    }

    /** A document that is yet to be published needs nothing that is not held by itself. */
    private static void addIfThere(Needs needs, StorePaths paths, Digest document) throws IOException {
        try {
            needs.addDocument(paths, document);
        } catch (NoSuchFileException e) {
            needs.blobs().add(document);
        }
    }

    /** The entries that stay when {@code dropped} go: not what only says something of those. */
    List<Entry> living(Set<Digest> dropped) {
        Set<Digest> living = new HashSet<>();
        Set<Digest> needed = new HashSet<>(views.blobs());
        needed.addAll(held.blobs());
        List<Entry> waiting = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.isNamed() || (entry.subject == null && !dropped.contains(entry.digest))) {
                living.add(entry.digest);
                needed.addAll(entry.needs.blobs());
            } else {
                waiting.add(entry);
            }
        }
        boolean more = true;
        while (more) {
            more = waiting.removeIf(entry -> {
                boolean lives = needed.contains(entry.digest) || needed.contains(entry.subject);
                if (lives) {
                    living.add(entry.digest);
                    needed.addAll(entry.needs.blobs());
                }
                return lives;
            });
        }
        return entries.stream().filter(entry -> living.contains(entry.digest)).toList();
    }

    /** What views, processes and {@code living} entries need. */
    Needs needs(Collection<Entry> living) {
        Needs all = Needs.none();
        all.addAll(views);
        all.addAll(held);
        living.forEach(entry -> all.addAll(entry.needs));
        return all;
    }
}
