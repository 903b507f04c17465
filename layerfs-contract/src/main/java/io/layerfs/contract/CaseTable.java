package io.layerfs.contract;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Steps that showed once what a union file system got wrong, by what is to hold; where a project's issue is known, the name says
 * it.
 */
abstract class CaseTable {

    private final Map<String, List<Step>> cases = new LinkedHashMap<>();

    /** All of them. */
    final Map<String, List<Step>> cases() {
        return cases;
    }

    final void add(String name, Step... steps) {
        if (cases.put(name, List.of(steps)) != null) {
            throw new IllegalStateException("two cases of the name " + name);
        }
    }

    static Step write(String path, int length) {
        return new Step.Write(path, 0, length, Set.of(WRITE));
    }

    static Step append(String path, int length) {
        return new Step.Write(path, 0, length, Set.of(APPEND));
    }

    static Step move(String from, String to) {
        return new Step.Move(from, to, List.of());
    }

    static Step replace(String from, String to) {
        return new Step.Move(from, to, List.of(REPLACE_EXISTING));
    }

    static Step stat(String path) {
        return new Step.Stat(path, false);
    }
}
