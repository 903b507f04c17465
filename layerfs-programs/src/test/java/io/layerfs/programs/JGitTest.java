package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JGit knows files as {@code File}: it works on a mount by the kernel, and nowhere else. */
class JGitTest {

    @TempDir
    private Path work;

    @Test
    void aRepositoryOnTheKernelsMount() throws Exception {
        try (TwoPlaces places = TwoPlaces.ofKernel(work, Samples::texts)) {
            List<String> answers = places.same(JGitTest::use);
            assertThat(answers).contains("clean true", "changed [index.html]");
        }
    }

    private static List<String> use(Path directory) throws Exception {
        List<String> answers = new ArrayList<>();
        PersonIdent who = new PersonIdent("A", "a@example.com", Instant.EPOCH, ZoneId.of("UTC"));
        try (Git git = Git.init()
                .setDirectory(directory.toFile())
                .setInitialBranch("main")
                .call()) {
            git.add().addFilepattern(".").call();
            RevCommit first = commit(git, who, "first");
            answers.add(first.name());
            Files.writeString(directory.resolve("index.html"), "another text");
            answers.add("changed " + git.status().call().getModified());
            git.checkout().setCreateBranch(true).setName("side").call();
            git.add().addFilepattern("index.html").call();
            answers.add(commit(git, who, "second").name());
            git.checkout().setName("main").call();
            answers.add(""
                    + git.merge()
                            .include(git.getRepository().resolve("side"))
                            .call()
                            .getMergeStatus());
            git.gc().call();
            answers.add("clean " + git.status().call().isClean());
        }
        Path clone = directory.resolve("clone");
        try (Git git = Git.cloneRepository()
                .setURI(directory.toUri().toString())
                .setDirectory(clone.toFile())
                .call()) {
            git.log().call().forEach(commit -> answers.add(commit.name() + " " + commit.getShortMessage()));
        }
        try (var files = Files.list(clone)) {
            files.map(file -> file.getFileName().toString()).sorted().forEach(answers::add);
        }
        return answers;
    }

    private static RevCommit commit(Git git, PersonIdent who, String message) throws Exception {
        return git.commit()
                .setMessage(message)
                .setAuthor(who)
                .setCommitter(who)
                .setSign(false)
                .call();
    }

    @Test
    void aPathWithoutAFileIsRefusedClearly() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            assertThatThrownBy(() -> Git.open(places.ours().toFile()))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
