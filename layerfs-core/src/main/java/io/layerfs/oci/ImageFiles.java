package io.layerfs.oci;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files that an image travels in, by name: those of a directory, or of a tar that is read as it lies. */
public interface ImageFiles {

    /** The regular file of that name; null where there is none. Names are relative, with {@code /} between parts. */
    @Nullable
    ImageFile find(String name) throws IOException;

    /**
     * The files of a directory, in which links may lead from one to another, as layouts have them that share blobs; one that leads
     * out of it leads nowhere: an archive is what lies in it.
     */
    static ImageFiles of(Path directory) {
        return name -> {
            Path file = directory;
            boolean linked = false;
            for (String part : name.split("/", -1)) {
                if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                    return null;
                }
                file = file.resolve(part);
                linked |= Files.isSymbolicLink(file);
            }
            Path real = linked ? target(directory, file) : file;
            return real != null && Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
                    ? new ImageFile(file.toString(), real, 0, Files.size(real))
                    : null;
        };
    }

    private static @Nullable Path target(Path directory, Path file) {
        try {
            Path real = file.toRealPath();
            return real.startsWith(directory.toRealPath()) ? real : null;
        } catch (IOException e) {
            return null; // it leads nowhere, or in a circle
        }
    }

    /** A file of an image: all of a file, or a piece of a tar. */
    record ImageFile(String what, Path file, long offset, long size) implements BlobSource {

        /** Ends, with the size that it said, or where the file underneath does. */
        @Override
        public InputStream open() throws IOException {
            InputStream in = Files.newInputStream(file);
            try {
                in.skipNBytes(offset);
            } catch (IOException e) {
                in.close();
                throw e;
            }
            return new Bounded(in, size);
        }
    }

    /** The first bytes of a stream. */
    final class Bounded extends FilterInputStream {
        private long left;

        /** Those of {@code in}, which is closed with it. */
        public Bounded(InputStream in, long size) {
            super(in);
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            int b = left > 0 ? in.read() : -1;
            left -= b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = left > 0 ? in.read(target, offset, (int) Math.min(length, left)) : length == 0 ? 0 : -1;
            left -= Math.max(n, 0);
            return n;
        }

        @Override
        public long skip(long count) throws IOException {
            long n = in.skip(Math.min(count, left));
            left -= n;
            return n;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
