package io.layerfs.overlay;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.MemoryFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * {@code layerfs-init}, the program of ours that starts programs in a root and holds mounts in user namespaces: a JVM can do
 * neither, since it has many threads, and cannot fork. It needs no library, and heeds no variable: its environment is that of
 * the program. Its source is in {@code src/main/native}.
 */
final class InitProgram {

    /** Of its file. */
    static final String NAME = "layerfs-init";

    private static final String ARCHITECTURE =
            System.getProperty("os.arch", "").equals("amd64") ? "x86_64" : System.getProperty("os.arch", "");

    /** Stays open as long as this process lives: its number must never become that of another file. */
    private static @Nullable Fd memory;

    private InitProgram() {}

    /** Where it can be executed, by this process' children alone; made in {@code area} where there can be no such thing in memory. */
    static String path(Path area) throws IOException {
        String path = inMemory();
        return path != null ? path : inFile(area);
    }

    /** Where it can be executed without a file; null where the kernel executes nothing that lies in memory alone. */
    static synchronized @Nullable String inMemory() throws IOException {
        if (memory == null) {
            byte[] program = program();
            try {
                memory = MemoryFile.executable(NAME, program);
            } catch (IOException e) {
                return null; // by the administrator's will: vm.memfd_noexec
            }
            MemoryFile.awaitNoWriter(memory);
        }
        // the number of this process in the namespace of what is mounted there
        return Path.of("/proc/self").toRealPath() + "/fd/" + memory.number();
    }

    /** Writes it into a directory. */
    static synchronized String inFile(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(program());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x------"));
        } catch (FileAlreadyExistsException e) {
            return file.toString();
        }
        try (Fd written = Fd.readFile(file.toString())) {
            MemoryFile.awaitNoWriter(written);
        }
        return file.toString();
    }

    /** Its bytes for this machine. */
    static byte[] program() throws IOException {
        String resource = NAME + "-" + ARCHITECTURE;
        try (InputStream in = InitProgram.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("there is no " + resource);
            }
            return in.readAllBytes();
        }
    }
}
