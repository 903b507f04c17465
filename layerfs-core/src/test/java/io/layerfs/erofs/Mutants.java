package io.layerfs.erofs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** Indexes made from a sound one by a few changes, the same for the same seed, with checksums that are right. */
final class Mutants {

    private static final long[] NUMBERS = {
        0,
        1,
        2,
        0x7f,
        0xff,
        511,
        512,
        513,
        0x7fff,
        0xffff,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFFFFFFL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    private final Random random;
    /** The sound image, without the checksums behind it. */
    private final byte[] image;

    private final List<String> changes = new ArrayList<>();

    Mutants(int seed, byte[] file) {
        this.random = new Random(seed);
        int size = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(file.length - 8);
        this.image = java.util.Arrays.copyOf(file, size);
    }

    /** Writes the next one. */
    void writeNext(Path file) throws IOException {
        byte[] bytes = image.clone();
        ByteBuffer mutant = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        changes.clear();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            change(mutant);
        }
        writeWithChecksums(file, bytes);
    }

    /** Writes an image whose checksums are right, whatever else is in it. */
    static void writeWithChecksums(Path file, byte[] bytes) throws IOException {
        setChecksum(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PageChecksums.append(channel, bytes.length);
        }
    }

    /** What was changed in the last one. */
    String last() {
        return String.join(", ", changes);
    }

    private void change(ByteBuffer mutant) {
        // most numbers lie at multiples of 4; now and then in the superblock, which few mutants survive
        int from = random.nextInt(20) == 0 ? Erofs.SUPERBLOCK : Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE;
        int at = from + random.nextInt((image.length - from - 8) / 4) * 4;
        switch (random.nextInt(7)) {
            case 0 -> mutant.put(at, (byte) (mutant.get(at) ^ 1 << random.nextInt(8)));
            case 1 -> mutant.put(at + random.nextInt(4), (byte) random.nextInt());
            case 2 -> mutant.putShort(at + 2 * random.nextInt(2), (short) number());
            case 3 -> mutant.putInt(at, (int) number());
            case 4 -> mutant.putLong(at, number());
            case 5 -> mutant.putInt(at, mutant.getInt(at) + random.nextInt(9) - 4);
            default -> copy(mutant, at);
        }
        changes.add("at " + at);
    }

    private long number() {
        return random.nextInt(3) == 0 ? random.nextInt(image.length) : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    /** Copies inodes or names over others: numbers that are right elsewhere. */
    private void copy(ByteBuffer mutant, int at) {
        int length = Math.min(random.nextBoolean() ? Erofs.DIRENT : Erofs.EXTENDED, image.length - at);
        int source = random.nextInt((image.length - length) / Erofs.COMPACT) * Erofs.COMPACT;
        mutant.put(at, image, source, length);
    }

    private static void setChecksum(ByteBuffer mutant) {
        mutant.putInt(Erofs.SUPERBLOCK + 4, 0);
        CRC32C crc = new CRC32C();
        crc.update(mutant.slice(Erofs.SUPERBLOCK, Erofs.BLOCK));
        mutant.putInt(Erofs.SUPERBLOCK + 4, ~(int) crc.getValue());
    }
}
