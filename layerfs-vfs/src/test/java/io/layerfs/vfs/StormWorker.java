package io.layerfs.vfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One thread of a storm: does what {@link Files} can do, at random, and looks at what it reads. */
final class StormWorker implements Runnable, StormWatchdog.Watched {

    private static final int SLOT = StormContent.SLOT;

    /** Of a thousand operations, so many are not of files. */
    private static final int OF_STORE = 50;

    private final Storm storm;
    private final Random random;
    private final int number;
    private int temporaries;
    private final AtomicLong progress = new AtomicLong();
    private volatile String doing = "nothing yet";
    private long done;

    StormWorker(Storm storm, int number, long seed) {
        this.storm = storm;
        this.number = number;
        this.random = new Random(seed);
    }

    @Override
    public long progress() {
        return progress.get();
    }

    @Override
    public String doing() {
        return doing;
    }

    /** How many operations succeeded; once the thread has ended. */
    long done() {
        return done;
    }

    /** Something that is done; what is wrong with what it saw, or null. */
    private interface Operation {
        @Nullable
        String run() throws IOException;
    }

    @Override
    public void run() {
        while (!storm.isOver()) {
            int kind = random.nextInt(1000);
            try {
                String fault = operation(kind).run();
                done++;
                if (fault != null) {
                    storm.fault(doing + ": " + fault, null);
                }
            } catch (Throwable failure) {
                if (!(kind < OF_STORE ? storm.isInterrupt(failure) : storm.isExpected(failure))) {
                    storm.fault(doing, failure);
                }
            } finally {
                Thread.interrupted();
                progress.incrementAndGet();
            }
        }
    }

    private Operation operation(int kind) {
        if (kind < 20) {
            return named("a fork", () -> storm.fork(random));
        } else if (kind < 35) {
            return named("a snapshot", storm::snapshot);
        } else if (kind < 40) {
            return named("a rollback", storm::rollback);
        } else if (kind < 45) {
            return named("a commit", storm::commit);
        } else if (kind < OF_STORE) {
            return named("a collection", storm::collect);
        } else if (kind < 60) {
            return named("a walk", () -> all(StormTree.faults(storm.root(), false)));
        }
        return fileOperation(random.nextInt(20));
    }

    private Operation named(String what, Operation operation) {
        doing = what;
        return operation;
    }

    private Operation fileOperation(int kind) {
        return switch (kind) {
            case 0, 1 -> named("publish", this::publish);
            case 2 -> named("read a piece", () -> StormContent.faultOfPiece(readAll(any('w'))));
            case 3 -> named("read by a stream", this::readByStream);
            case 4, 5 -> named("write a slot", () -> inSlots(StandardOpenOption.WRITE, this::use));
            case 6 -> named("create and write", () -> inSlots(StandardOpenOption.CREATE, this::use));
            case 7 -> named("read a slot", () -> inSlots(StandardOpenOption.READ, this::readSlot));
            case 8, 9 -> named("delete", () -> done(Files.deleteIfExists(any(one('w', 's', 'x')))));
            case 10 -> named("delete while open", this::deleteWhileOpen);
            case 11 -> named("rename", this::rename);
            case 12 -> named("rename a directory", this::renameDirectory);
            case 13 -> named("link", this::link);
            case 14 -> named("directories", this::directories);
            case 15 -> named("attributes", this::attributes);
            case 16 -> named("list", this::list);
            case 17, 18 -> named("a shared channel", this::shared);
            default -> named("lock", this::lock);
        };
    }

    private static @Nullable String done(Object ignored) {
        return null;
    }

    private static @Nullable String all(List<String> faults) {
        return faults.isEmpty() ? null : String.join("\n", faults);
    }

    private char one(char... of) {
        return of[random.nextInt(of.length)];
    }

    private Path any(char kind) {
        return directory().resolve(kind + "" + random.nextInt(StormTree.NAMES));
    }

    private Path directory() {
        return storm.root().resolve(StormTree.DIRECTORIES.get(random.nextInt(StormTree.DIRECTORIES.size())));
    }

    private byte[] readAll(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    /** A snapshot to go back to has no piece that is half written: it could be renamed after that. */
    private @Nullable String publish() throws IOException {
        storm.publishing().lock();
        try {
            Path temporary = storm.root().resolve(StormTree.TEMPORARY + "/" + number + "-" + temporaries++);
            Path copy = temporary.resolveSibling(temporary.getFileName() + "-copy");
            try {
                byte[] piece = StormContent.piece(random, random.nextInt(random.nextInt(4) == 0 ? 200_000 : 2_000));
                Files.write(temporary, piece);
                Path whole = random.nextInt(3) == 0 ? Files.copy(temporary, copy) : temporary;
                Files.move(whole, any('w'), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Thread.interrupted();
                Files.deleteIfExists(temporary);
                Files.deleteIfExists(copy);
            }
            return null;
        } finally {
            storm.publishing().unlock();
        }
    }

    private @Nullable String readByStream() throws IOException {
        Path file = random.nextBoolean() ? any('w') : any('x');
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readAllBytes();
            String asSlots = StormContent.faultOfSlots(Arrays.copyOf(bytes, bytes.length / SLOT * SLOT));
            String asPiece = StormContent.faultOfPiece(bytes);
            // a symbolic link may lead to slots, which are written while this reads
            return file.getFileName().toString().startsWith("x") || asPiece == null ? null : asPiece + ", " + asSlots;
        }
    }

    private interface Use {
        @Nullable
        String of(FileChannel channel) throws IOException;
    }

    private @Nullable String inSlots(StandardOpenOption option, Use use) throws IOException {
        boolean truncates = option != StandardOpenOption.READ && random.nextInt(20) == 0;
        StandardOpenOption further = truncates ? StandardOpenOption.TRUNCATE_EXISTING : option;
        StandardOpenOption writes = option == StandardOpenOption.READ ? option : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(any('s'), option, further, writes, StandardOpenOption.READ)) {
            return use.of(channel);
        }
    }

    private static @Nullable String unless(boolean right, String fault) {
        return right ? null : fault;
    }

    private @Nullable String use(FileChannel channel) throws IOException {
        long at = (long) random.nextInt(StormTree.SLOTS) * SLOT;
        return switch (random.nextInt(8)) {
            case 0 -> done(channel.truncate(at / 2 / SLOT * SLOT));
            case 1 -> readSlot(channel);
            case 2 -> {
                if (random.nextInt(10) == 0) {
                    channel.force(true);
                }
                yield unless(channel.size() % SLOT == 0, "its size is no multiple of " + SLOT);
            }
            case 3 -> {
                channel.position(at);
                yield null;
            }
            default -> {
                ByteBuffer piece = ByteBuffer.wrap(StormContent.piece(random, SLOT));
                yield unless(channel.write(piece, at) == SLOT, "not all was written");
            }
        };
    }

    private @Nullable String readSlot(FileChannel channel) throws IOException {
        ByteBuffer slot = random.nextBoolean() ? ByteBuffer.allocate(SLOT) : ByteBuffer.allocateDirect(SLOT);
        int n = channel.read(slot, (long) random.nextInt(StormTree.SLOTS) * SLOT);
        byte[] bytes = new byte[Math.max(n, 0)];
        slot.flip().get(bytes);
        return StormContent.faultOfSlots(bytes);
    }

    /** What has no name any more is read and written as before. */
    private @Nullable String deleteWhileOpen() throws IOException {
        Path file = any('s');
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.deleteIfExists(file);
            String fault = use(channel);
            return fault != null ? fault : readSlot(channel);
        }
    }

    private @Nullable String rename() throws IOException {
        char kind = one('w', 's', 'x');
        if (random.nextBoolean()) {
            return done(Files.move(any(kind), any(kind), StandardCopyOption.REPLACE_EXISTING));
        }
        return done(Files.move(any(kind), any(kind), StandardCopyOption.ATOMIC_MOVE));
    }

    private @Nullable String renameDirectory() throws IOException {
        return done(Files.move(directory(), directory()));
    }

    private @Nullable String link() throws IOException {
        if (random.nextInt(3) == 0) {
            return done(Files.createSymbolicLink(any('x'), any(one('w', 's', 'x'))));
        }
        char kind = one('w', 's');
        return done(Files.createLink(any(kind), any(kind)));
    }

    private @Nullable String directories() throws IOException {
        return random.nextInt(4) == 0
                ? done(Files.deleteIfExists(directory()))
                : done(Files.createDirectories(directory()));
    }

    private @Nullable String attributes() throws IOException {
        Path file = random.nextInt(5) == 0 ? directory() : any(one('w', 's'));
        switch (random.nextInt(5)) {
            case 0 -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
            case 1 -> Files.setLastModifiedTime(file, FileTime.fromMillis(random.nextInt(1_000_000)));
            case 2 -> {
                return StormTree.xattrFault(file);
            }
            case 3 -> {
                var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
                view.write(StormTree.XATTR, ByteBuffer.wrap(StormContent.piece(random, 20 + random.nextInt(100))));
            }
            default -> {
                var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
                view.delete(StormTree.XATTR);
            }
        }
        return null;
    }

    private @Nullable String list() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory())) {
            int most = random.nextInt(12);
            for (Path entry : entries) {
                Files.exists(entry, LinkOption.NOFOLLOW_LINKS);
                if (--most < 0) {
                    break;
                }
            }
            return null;
        }
    }

    /** A channel that other threads use, close, and are interrupted in. */
    private @Nullable String shared() throws IOException {
        int at = random.nextInt(storm.channels().length());
        FileChannel known = storm.channels().get(at);
        if (known != null && random.nextInt(8) > 0) {
            return random.nextInt(30) > 0 ? use(known) : append(known);
        }
        StandardOpenOption option = random.nextBoolean() ? StandardOpenOption.DELETE_ON_CLOSE : StandardOpenOption.READ;
        FileChannel opened = FileChannel.open(
                any('s'), option, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
        FileChannel old = storm.channels().getAndSet(at, opened);
        if (old != null) {
            old.close();
        }
        return null;
    }

    private @Nullable String append(FileChannel known) throws IOException {
        if (random.nextBoolean()) {
            known.close();
            return null;
        }
        try (FileChannel channel = FileChannel.open(any('s'), StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(StormContent.piece(random, SLOT)));
            return null;
        }
    }

    /** Who has the lock is alone with it. */
    private @Nullable String lock() throws IOException {
        try (FileChannel channel =
                FileChannel.open(storm.root().resolve("locked"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            try (FileLock lock = random.nextBoolean() ? channel.tryLock() : channel.lock()) {
                return storm.alone();
            }
        }
    }
}
