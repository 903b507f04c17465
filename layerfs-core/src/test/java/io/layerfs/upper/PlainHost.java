package io.layerfs.upper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A directory of the host. */
final class PlainHost implements Plain, AutoCloseable {

    private final Path root;
    private final FileChannel[] handles = new FileChannel[HANDLES];
    private final Object inode;

    PlainHost(Path root, byte[] bytes) throws IOException {
        this.root = root;
        Path file = Files.write(root.resolve("f"), bytes);
        inode = Files.getAttribute(file, "unix:ino");
        for (int i = 0; i < HANDLES; i++) {
            handles[i] = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }

    @Override
    public String create(String name) throws IOException {
        Files.createFile(root.resolve(name));
        return "ok";
    }

    @Override
    public String unlink(String name) throws IOException {
        Files.delete(root.resolve(name));
        return "ok";
    }

    @Override
    public String rename(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
        return "ok";
    }

    /** By any name that it has. */
    @Override
    public String link(String name) throws IOException {
        if (Files.exists(root.resolve(name))) {
            throw new FileAlreadyExistsException(name);
        }
        for (Path path : names()) {
            if (Files.getAttribute(path, "unix:ino").equals(inode)) {
                Files.createLink(root.resolve(name), path);
                return "ok";
            }
        }
        throw new NoSuchFileException(name);
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.sorted().toList();
        }
    }

    @Override
    public String write(int handle, int position, int count) throws IOException {
        handles[handle].write(ByteBuffer.wrap(Plain.bytes(position, count)), position);
        return "ok";
    }

    @Override
    public String append(int handle, int count) throws IOException {
        long end = handles[handle].size();
        handles[handle].write(ByteBuffer.wrap(Plain.bytes(0, count)), end);
        return "at " + end;
    }

    /** A channel cuts, and does not extend. */
    @Override
    public String truncate(int handle, int size) throws IOException {
        int more = size - (int) handles[handle].size();
        if (more > 0) {
            handles[handle].write(ByteBuffer.allocate(more), size - more);
        }
        handles[handle].truncate(size);
        return "ok";
    }

    @Override
    public String read(int handle) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) handles[handle].size());
        handles[handle].read(bytes, 0);
        return Plain.text(bytes.array());
    }

    @Override
    public String all() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path path : names()) {
            String name = path.getFileName().toString();
            text.append(Plain.line(name, Files.getAttribute(path, "unix:nlink"), Files.readAllBytes(path)));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        for (FileChannel handle : handles) {
            handle.close();
        }
    }
}
