package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Configs that are made to catch what starts the program: directories, variables, arguments. */
class HostileConfigTest extends DebianPrograms {

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\") + "\"";
    }

    private static Image in(String workingDirectory, ChangesetBuilder layer) throws IOException {
        return image(layer, "\"WorkingDir\": " + quoted(workingDirectory));
    }

    /** Row 6, CVE-2024-21626: the directory was entered before the root was, or by links that lead out of it. */
    @Test
    void noWorkingDirectoryLeadsOutOfTheRoot() throws Exception {
        ChangesetBuilder layer = new ChangesetBuilder()
                .symlink("link", PLAIN, "/proc/1/root/etc")
                .symlink("loop", PLAIN, "loop")
                .symlink("self", PLAIN, "/proc/self")
                .symlink("dev/fd", PLAIN, "/")
                .file("file", PLAIN, new byte[0]);
        List<String> refused = new ArrayList<>(List.of(
                "/proc/1/root/etc",
                "/proc/1/root",
                "/proc/1/cwd",
                "/proc/self/root/etc",
                "/proc/self/cwd",
                "/proc/thread-self/root/etc",
                "proc/self/root/etc",
                "/etc/../proc/self/root/etc",
                "/link",
                "/link/apt",
                "/self/root/etc",
                "/loop",
                "/file",
                "/file/below",
                "/proc/none-such"));
        for (int fd = 0; fd < 12; fd++) {
            refused.add("/proc/self/fd/" + fd);
            refused.add("/proc/self/fd/" + fd + "/../../..");
            refused.add("/dev/fd/" + fd + "/..");
        }
        for (String wanted : refused) {
            Result result = sh(in(wanted, layer), "echo it ran in $(pwd)");
            assertThat(result.output()).as(wanted).contains("working directory").doesNotContain("it ran");
            assertThat(result.exitCode()).as(wanted).isEqualTo(125);
        }
    }

    @Test
    void aWorkingDirectoryIsResolvedInTheRoot() throws Exception {
        ChangesetBuilder layer = new ChangesetBuilder()
                .symlink("up", PLAIN, "../".repeat(40) + "usr/lib")
                .symlink("absolute", PLAIN, "/usr/share");
        assertThat(sh(in("../".repeat(60) + "etc", layer), "pwd -P; cat debian_version > /dev/null")
                        .output())
                .isEqualTo("/etc\n");
        assertThat(sh(in("/up", layer), "pwd -P").output()).isEqualTo("/usr/lib\n");
        assertThat(sh(in("absolute", layer), "pwd -P").output()).isEqualTo("/usr/share\n");
        assertThat(sh(in("//usr///bin/.", layer), "pwd -P").output()).isEqualTo("/usr/bin\n");
    }

    /** As engines do; it is a change. */
    @Test
    void aWorkingDirectoryThatTheImageHasNotIsMade() throws Exception {
        try (Mount mount = mount(in("/made/a dir/100%41 \u00e4", nothing()))) {
            Result result = run(mount.command("/bin/sh", "-c", "pwd; stat -c '%U %a' ."));
            assertThat(result).isEqualTo(new Result(0, "/made/a dir/100%41 \u00e4\nroot 755\n"));
            assertThat(changed(mount)).contains("made/a dir/100%41 \u00e4");
        }
    }

    /** Row 17: the script's own variables, and those that loaders, shells and locales heed, are the program's alone. */
    @Test
    void variablesReachTheProgramAsTheyAre() throws Exception {
        List<String> variables = List.of(
                "PATH=/usr/bin:/bin",
                "device=d",
                "root=/",
                "owner=--keep-groups",
                "directory=/no",
                "mount=m",
                "unshare=u",
                "setpriv=s",
                "sh=sh",
                "inner=exit 9",
                "point=p",
                "IFS=/",
                "PS4=$(touch /pwned)",
                "ENV=/etc/passwd",
                "BASH_ENV=/etc/passwd",
                "SHELLOPTS=xtrace",
                "HOME=/elsewhere",
                "TMPDIR=/no",
                "MALLOC_CHECK_=3",
                "NLSPATH=%N",
                "LANG=xx",
                "with space=1",
                "f()=x",
                "EMPTY=",
                "LINES=a\\nb",
                "EQUALS=a=b=c");
        String json = variables.stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(", "));
        try (Mount mount = mount(image(nothing(), "\"Env\": [" + json + "]"))) {
            ProcessBuilder builder = mount.command("/usr/bin/env", "--null");
            List<String> seen = Arrays.asList(run(builder).output().split("\0"));
            assertThat(seen)
                    .containsExactlyInAnyOrderElementsOf(
                            variables.stream().map(v -> v.replace("\\n", "\n")).toList());
            assertUnchanged(mount);
        }
    }

    /** What the loader heeds fails in the image's loader, in the program: nothing before it has one. */
    @Test
    void theLoadersVariablesAreHeededInTheProgramAlone() throws Exception {
        for (String variable : List.of(
                "LD_PRELOAD=/etc/passwd",
                "LD_AUDIT=/etc/passwd",
                "LD_DEBUG=files",
                "GLIBC_TUNABLES=glibc.malloc.check=3")) {
            Image image = image(nothing(), "\"Env\": [\"" + variable + "\"]");
            Result result = sh(image, "echo $$ ran");
            // the shell is the second process of its namespace: what the loader says, it says of that one
            assertThat(result.output()).as(variable).contains("2 ran\n");
            assertThat(result.exitCode()).isZero();
        }
    }

    @Test
    void aLibraryThatIsPreloadedIsLoadedInTheRootAlone() throws Exception {
        Path host = Path.of("/etc/passwd");
        Image image = image(nothing(), "\"Env\": [\"LD_PRELOAD=" + host + "\"]");
        assertThat(sh(image, "true").output().lines().filter(line -> line.contains("LD_PRELOAD")))
                .hasSizeLessThanOrEqualTo(1); // of sh alone: it was the first that has a loader
    }

    @Test
    void theHomeIsThatOfTheUserUnlessTheConfigHasOne() throws Exception {
        Kernel.requireRoot();
        assertThat(sh(image(nothing(), "\"User\": \"www-data\""), "echo $HOME").output())
                .isEqualTo("/var/www\n");
        assertThat(sh(image(nothing(), "\"User\": \"www-data\", \"Env\": [\"HOME=/h\"]"), "echo $HOME")
                        .output())
                .isEqualTo("/h\n");
        assertThat(sh(image(nothing(), "\"User\": \"4242\""), "echo $HOME").output())
                .isEqualTo("/\n");
    }

    @Test
    void whatNoProgramCanBeGivenIsAnError() throws Exception {
        for (String config : List.of(
                "\"Env\": [\"NAME\"]",
                "\"Env\": [\"=value\"]",
                "\"Env\": [\"\"]",
                "\"Env\": [\"A=b\\u0000c\"]",
                "\"Env\": [\"A\\u0000B=c\"]",
                "\"Env\": [\"A=\\ud800\"]",
                "\"WorkingDir\": \"/a\\u0000b\"",
                "\"User\": \"a\\u0000b\"",
                "\"Entrypoint\": [\"a\\u0000b\"]",
                "\"Cmd\": [\"a\", \"\\u0000\"]")) {
            try (Mount mount = mount(image(nothing(), config))) {
                assertThatThrownBy(mount::command)
                        .as(config)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("config");
            }
        }
    }

    @Test
    void aLargeEnvironmentAndLargeArgumentsArrive() throws Exception {
        String value = "v".repeat(100_000);
        String many = java.util.stream.IntStream.range(0, 2000)
                .mapToObj(i -> "\"V" + i + "=" + i + "\"")
                .collect(Collectors.joining(", "));
        Image image = image(nothing(), "\"Env\": [\"BIG=" + value + "\", " + many + "]");
        assertThat(sh(image, "echo ${#BIG} $V1999; exec /usr/bin/env | wc -l").output())
                .startsWith("100000 1999\n200");
        try (Mount mount = mount(image)) {
            String script = "echo ${#1} \"$2\" $#";
            assertThat(run(mount.command("/bin/sh", "-c", script, "sh", value, "", "--", "%41"))
                            .output())
                    .isEqualTo("100000  4\n");
        }
    }
}
