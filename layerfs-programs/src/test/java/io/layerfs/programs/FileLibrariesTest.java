package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.file.AccumulatorPathVisitor;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.file.StandardDeleteOption;
import org.apache.commons.io.input.ReversedLinesFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guava's and Commons IO's work on trees: copying, counting, comparing, deletion. */
class FileLibrariesTest {

    @TempDir
    private Path work;

    @Test
    void guavaDeletesRecursivelyAndFollowsNoLink() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            List<String> left = places.same(directory -> {
                Path target = directory.getFileSystem().getPath("../../index.html");
                Files.createSymbolicLink(directory.resolve("a/b/up"), target);
                MoreFiles.deleteRecursively(directory.resolve("a/b")); // safely: no option allows the unsafe way
                MoreFiles.deleteDirectoryContents(directory.resolve("a"));
                return TwoPlaces.tree(directory);
            });
            assertThat(left).hasSize(3).anyMatch(line -> line.startsWith("index.html "));
        }
    }

    @Test
    void guavaReadsWalksAndCompares() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            places.same(directory -> {
                List<Object> answers = new ArrayList<>();
                MoreFiles.createParentDirectories(directory.resolve("new/deep/file"));
                MoreFiles.touch(directory.resolve("new/deep/file"));
                for (Path path : MoreFiles.fileTraverser().depthFirstPostOrder(directory)) {
                    answers.add(directory.relativize(path).toString());
                }
                answers.sort(null);
                answers.add(MoreFiles.equal(directory.resolve("a/link"), directory.resolve("a/b/two.txt")));
                answers.add(
                        MoreFiles.asByteSource(directory.resolve("a/one.txt")).size());
                answers.add(MoreFiles.asCharSource(directory.resolve("a/one.txt"), StandardCharsets.UTF_8)
                        .readFirstLine());
                answers.add(MoreFiles.isDirectory().test(directory.resolve("a")));
                MoreFiles.deleteRecursively(directory.resolve("new"), RecursiveDeleteOption.ALLOW_INSECURE);
                answers.add(Files.exists(directory.resolve("new")));
                return answers;
            });
        }
    }

    @Test
    void commonsIoCopiesCountsAndDeletes() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            places.same(directory -> {
                List<Object> answers = new ArrayList<>();
                Path copy = directory.resolve("copy");
                answers.add(PathUtils.copyDirectory(directory.resolve("a"), copy, StandardCopyOption.COPY_ATTRIBUTES)
                        .toString());
                answers.add(PathUtils.directoryAndFileContentEquals(directory.resolve("a"), copy));
                answers.add(PathUtils.countDirectory(directory).toString());
                answers.add(PathUtils.sizeOfDirectory(copy));
                AccumulatorPathVisitor visitor = AccumulatorPathVisitor.withLongCounters();
                Files.walkFileTree(directory, visitor);
                answers.add(visitor.relativizeFiles(directory, true, null).toString());
                answers.add(PathUtils.readPosixFileAttributes(copy.resolve("one.txt"))
                        .permissions());
                answers.add(PathUtils.deleteDirectory(copy, StandardDeleteOption.OVERRIDE_READ_ONLY)
                        .toString());
                answers.addAll(TwoPlaces.tree(directory));
                return answers;
            });
        }
    }

    @Test
    void commonsIoReadsAFileFromItsEnd() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            places.same(directory -> {
                try (ReversedLinesFileReader reader = ReversedLinesFileReader.builder()
                        .setPath(directory.resolve("index.html"))
                        .get()) {
                    return reader.readLines(3);
                }
            });
        }
    }

    /** What takes a {@code File} wants a mount by the kernel. */
    @Test
    void commonsIoOnFilesOfTheKernelsMount() throws Exception {
        try (TwoPlaces places = TwoPlaces.ofKernel(work, Samples::texts)) {
            places.same(directory -> {
                FileUtils.copyDirectory(
                        directory.resolve("a").toFile(),
                        directory.resolve("copy").toFile());
                FileUtils.moveDirectory(
                        directory.resolve("copy").toFile(),
                        directory.resolve("moved").toFile());
                FileUtils.forceDelete(directory.resolve("a").toFile());
                return TwoPlaces.tree(directory);
            });
        }
    }
}
