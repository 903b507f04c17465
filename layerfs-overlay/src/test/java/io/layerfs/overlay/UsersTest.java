package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Linux;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 16: who a program runs as, from files that anybody may have written. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class UsersTest {

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            short:x:7
            # comment
            1000:x:5:5::/named-by-digits:
            user:x:1000:100:a user:/home/user:/bin/sh
            other:x:1000:200::/home/other:
            homeless:x:33:33:::
            largest:x:4294967294:4294967294::/l:
            huge:x:4294967295:0::/:
            overflow:x:18446744073709551616:0::/:
            negative:x:-1:0::/:
            badgroup:x:5:4294967296::/:
            zeros:x:000042:0042::/z:
            \u00e4:x:77:77::/umlaut:
            """;

    private static final String GROUP = """
            root:x:0:
            users:x:100:other
            adm:x:4:user,other
            wheel:x:10:user
            bad:x:99999999999:badmember
            short:x:8
            short2
            """;

    @TempDir
    private Path root;

    @BeforeEach
    void makeFiles() throws IOException {
        assumeTrue(Linux.isHere(), "it needs Linux");
        Files.createDirectory(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), PASSWD);
        Files.writeString(root.resolve("etc/group"), GROUP);
    }

    private Users find(String user) throws IOException {
        try (Fd directory = Fd.directory(root)) {
            return Users.find(directory, user);
        }
    }

    @Test
    void namesAndNumbersAreThoseOfTheImage() throws IOException {
        assertThat(find("")).isEqualTo(new Users(0, 0, List.of(0L), "/root"));
        assertThat(find("0")).isEqualTo(find("root")).isEqualTo(find(""));
        assertThat(find("user")).isEqualTo(new Users(1000, 100, List.of(100L, 4L, 10L), "/home/user"));
        // digits are a number, and the first line with it counts
        assertThat(find("1000")).isEqualTo(find("user"));
        assertThat(find("other").groups()).containsExactly(200L, 100L, 4L);
        assertThat(find("homeless")).isEqualTo(new Users(33, 33, List.of(33L), "/"));
        assertThat(find("largest").uid()).isEqualTo(4294967294L);
        assertThat(find("4294967294")).isEqualTo(find("largest"));
        assertThat(find("zeros")).isEqualTo(find("42")).isEqualTo(new Users(42, 42, List.of(42L), "/z"));
        assertThat(find("\u00e4").uid()).isEqualTo(77);
        assertThat(find("12345")).isEqualTo(new Users(12345, 0, List.of(0L), "/"));
    }

    @Test
    void aGroupThatIsNamedIsTheOnlyOne() throws IOException {
        assertThat(find("user:wheel")).isEqualTo(new Users(1000, 10, List.of(10L), "/home/user"));
        assertThat(find("user:55")).isEqualTo(new Users(1000, 55, List.of(55L), "/home/user"));
        assertThat(find(":wheel").gid()).isEqualTo(10);
        assertThat(find("user:")).isEqualTo(find("user"));
    }

    @Test
    void whatIsNobodyIsAnError() throws IOException {
        for (String user : List.of(
                "nobody-such",
                "short",
                "huge",
                "overflow",
                "negative",
                "badgroup",
                "-1",
                "+1",
                "1.0",
                " 0",
                "0x0",
                "4294967295",
                "4294967296",
                "18446744073709551616",
                "9".repeat(5000),
                "user:nogroup",
                "user:4294967295",
                "user:-1",
                "user:wheel:x",
                "a:b:c",
                "user:bad",
                "user:short2",
                "root\nx")) {
            assertThatThrownBy(() -> find(user)).as(user).isInstanceOf(FileSystemException.class);
        }
    }

    @Test
    void aMemberOfAGroupWithoutANumberIsAnError() throws IOException {
        Files.writeString(root.resolve("etc/passwd"), "badmember:x:5:5::/:\n");
        assertThatThrownBy(() -> find("badmember")).hasMessageContaining("99999999999");
    }

    private void replace(String file, String... command) throws Exception {
        Files.deleteIfExists(root.resolve(file));
        assertThat(new ProcessBuilder(command).directory(root.toFile()).start().waitFor())
                .isZero();
    }

    /** A pipe hung the process for ever; a device may do something when it is opened. */
    @Test
    void whatIsNoRegularFileIsNotOpened() throws Exception {
        for (String file : List.of("etc/passwd", "etc/group")) {
            replace(file, "mkfifo", file);
            assertThatThrownBy(() -> find("root:root"))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("regular");
            replace(file, "ln", "-s", "/etc/pipe", file);
            replace("etc/pipe", "mkfifo", "etc/pipe");
            assertThatThrownBy(() -> find("root:root")).hasMessageContaining("regular");
            replace(file, "mkdir", file);
            assertThatThrownBy(() -> find("root:root")).hasMessageContaining("regular");
            Files.delete(root.resolve(file));
            makeAgain();
        }
    }

    private void makeAgain() throws IOException {
        Files.writeString(root.resolve("etc/passwd"), PASSWD);
        Files.writeString(root.resolve("etc/group"), GROUP);
    }

    @Test
    void linksLeadNowhereElse() throws Exception {
        Files.writeString(root.resolve("own"), "linked:x:9:9::/:\n");
        String up = "../".repeat(40) + "own";
        replace("etc/passwd", "ln", "-s", up, "etc/passwd");
        assertThat(find("linked").uid()).isEqualTo(9);
        replace("etc/passwd", "ln", "-s", "/own", "etc/passwd");
        assertThat(find("linked").uid()).isEqualTo(9);
        for (String target : List.of("/etc/group", "/proc/self/root/etc/passwd", "passwd")) {
            replace("etc/passwd", "ln", "-s", target, "etc/passwd");
            assertThatThrownBy(() -> find("daemon")).as(target).isInstanceOf(FileSystemException.class);
        }
        replace("etc/passwd", "ln", "-s", "/proc/self/environ", "etc/passwd");
        assertThat(find("0").home()).isEqualTo("/"); // the image has no /proc: there is no such file
    }

    @Test
    void sizesHaveALimit() throws IOException {
        Files.writeString(root.resolve("etc/passwd"), "x".repeat(10 << 20));
        assertThatThrownBy(() -> find("root"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("bytes");
        Files.writeString(root.resolve("etc/passwd"), "x".repeat(3 << 20) + "\n" + PASSWD + ":".repeat(100_000));
        assertThat(find("user").uid()).isEqualTo(1000);
        Files.writeString(root.resolve("etc/group"), "g:x:1:user\n".repeat(70_000));
        assertThatThrownBy(() -> find("user")).hasMessageContaining("groups");
    }

    /** A list of millions is no list in memory; a name that is a part of another is not in it. */
    @Test
    void aLineOfMillionsOfNamesIsSearchedAsItIs() throws IOException {
        String others = ",users,auser,user2".repeat(50_000);
        Files.writeString(
                root.resolve("etc/group"),
                "g:x:4:user" + others + "\nh:x:5:" + others + "\ni:x:6:" + ":".repeat(300_000));
        assertThat(find("user").groups()).containsExactly(100L, 4L);
    }

    @Test
    void anImageWithoutSuchFilesHasNumbersAlone() throws IOException {
        Files.delete(root.resolve("etc/passwd"));
        Files.delete(root.resolve("etc/group"));
        assertThat(find("")).isEqualTo(new Users(0, 0, List.of(0L), "/"));
        assertThat(find("7:8")).isEqualTo(new Users(7, 8, List.of(8L), "/"));
        assertThatThrownBy(() -> find("root")).isInstanceOf(FileSystemException.class);
    }
}
