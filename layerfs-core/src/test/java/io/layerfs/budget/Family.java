package io.layerfs.budget;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A kind of file that asks for as much memory and time as it can, with numbers that a seed chooses. */
interface Family {

    /** What it is called; no other one is. */
    String name();

    /** The file that {@code seed} gives, of at most {@link Adversary#LIMIT} bytes: always the same one. */
    byte[] file(long seed) throws IOException;

    /** All there are. */
    static List<Family> all() {
        return Stream.of(
                        Stream.of(Adversary.values()),
                        Stream.of(HostileTree.values()),
                        Stream.of(HostileDocument.values()),
                        Stream.of(HostileStream.values()))
                .<Family>flatMap(some -> some)
                .toList();
    }

    /** The one of that name. */
    static Family of(String name) {
        return all().stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
