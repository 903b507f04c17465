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

    /** The files of a directory. Links are not followed: an archive is what lies in it. */
    static ImageFiles of(Path directory) {
        return name -> {
            Path file = directory;
            for (String part : name.split("/", -1)) {
                if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                    return null;
                }
                file = file.resolve(part);
                if (Files.isSymbolicLink(file)) {
                    return null;
                }
            }
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? new ImageFile(file.toString(), file, 0, Files.size(file))
                    : null;
        };
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
