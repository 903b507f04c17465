package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.StoreUsage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out what images and layers cost, from the sizes of files and from who needs them. */
final class UsageSurvey {

    private final List<StoredFile> files;
    private final Roots roots;
    /** All files that are named by a digest, of whatever kind: each image is asked for those of what it needs alone. */
    private final Map<Digest, List<StoredFile>> named = new HashMap<>();

    private final Map<Digest, StoredFile> blobs = new HashMap<>();
    private final Map<Digest, Long> layerIndexes = new HashMap<>();

    private UsageSurvey(List<StoredFile> files, Roots roots) {
        this.files = files;
        this.roots = roots;
        for (StoredFile file : files) {
            named.computeIfAbsent(file.digest(), digest -> new ArrayList<>(2)).add(file);
            if (file.kind() == StoredFile.Kind.BLOB) {
                blobs.put(file.digest(), file);
            } else if (file.kind() == StoredFile.Kind.LAYER_INDEX) {
                layerIndexes.put(file.digest(), file.bytes());
            }
        }
    }

    static StoreUsage run(StorePaths paths, StoreLocks locks, References references, Views views) throws IOException {
        List<StoredFile> files = StoredFile.list(paths);
        Roots.State state;
        try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
            state = Roots.State.read(paths, locks, references, views, Roots.Wanted.WHAT_IS_KNOWN);
        }
        return new UsageSurvey(files, Roots.of(paths, state)).usage();
    }

    private StoreUsage usage() {
        long[] exclusive = new long[roots.entries().size()];
        long shared = 0;
        long held = 0;
        long unreferenced = 0;
        long droppable = 0;
        Map<StoredFile, Integer> userOf = new HashMap<>();
        Map<StoredFile, Integer> usersOf = new HashMap<>();
        for (int i = 0; i < exclusive.length; i++) {
            for (StoredFile file : needed(roots.entries().get(i).needs())) {
                userOf.put(file, i);
                usersOf.merge(file, 1, Integer::sum);
            }
        }
        for (StoredFile file : files) {
            int users = usersOf.getOrDefault(file, 0);
            int user = userOf.getOrDefault(file, 0);
            boolean inUse = roots.held().include(file) || roots.views().include(file);
            if (users == 1) {
                exclusive[user] += file.bytes();
            } else if (users > 1) {
                shared += file.bytes();
            } else if (inUse) {
                held += file.bytes();
            } else {
                unreferenced += file.bytes();
            }
            droppable += users > 0 && !inUse && file.kind().isDerived() ? file.bytes() : 0;
        }
        List<StoreUsage.OfImage> images = new ArrayList<>();
        for (int i = 0; i < exclusive.length; i++) {
            images.add(image(roots.entries().get(i), exclusive[i]));
        }
        return new StoreUsage(images, layers(), shared, held, unreferenced, droppable);
    }

    /** The files that are needed, and those that are made of them. */
    private List<StoredFile> needed(Needs needs) {
        Set<Digest> digests = new HashSet<>(needs.blobs());
        digests.addAll(needs.diffIds());
        digests.addAll(needs.chains());
        List<StoredFile> found = new ArrayList<>();
        for (Digest digest : digests) {
            for (StoredFile file : named.getOrDefault(digest, List.of())) {
                if (needs.include(file)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private StoreUsage.OfImage image(Roots.Entry entry, long exclusive) {
        long tars = 0;
        long originals = 0;
        long documents = 0;
        long indexes = 0;
        long unpacked = 0;
        for (StoredFile file : needed(entry.needs())) {
            switch (file.kind()) {
                case BLOB -> {
                    if (entry.needs().diffIds().contains(file.digest())) {
                        tars += file.bytes();
                    } else if (entry.needs().documents().contains(file.digest())) {
                        documents += file.bytes();
                    } else {
                        originals += file.bytes();
                    }
                }
                case NOTE, LAYER_INDEX, MERGED_INDEX -> indexes += file.bytes();
                case UNPACKED -> unpacked += file.bytes();
            }
        }
        StoredFile manifest = blobs.get(entry.digest());
        return new StoreUsage.OfImage(
                entry.digest(),
                entry.names(),
                manifest == null ? Instant.EPOCH : manifest.modified(),
                tars,
                originals,
                documents,
                indexes,
                unpacked,
                exclusive);
    }

    private List<StoreUsage.OfLayer> layers() {
        Map<Digest, List<Digest>> users = new LinkedHashMap<>();
        for (Roots.Entry entry : roots.entries()) {
            for (Digest diffId : entry.needs().diffIds()) {
                users.computeIfAbsent(diffId, d -> new ArrayList<>()).add(entry.digest());
            }
        }
        List<StoreUsage.OfLayer> layers = new ArrayList<>();
        users.forEach((diffId, images) -> {
            StoredFile tar = blobs.get(diffId);
            long bytes = tar == null ? 0 : tar.bytes();
            layers.add(new StoreUsage.OfLayer(diffId, bytes, layerIndexes.getOrDefault(diffId, 0L), images));
        });
        return layers;
    }
}
