package io.layerfs.overlay;

import io.layerfs.Content;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a file in an upper, as long as nobody changes it: a program that still runs in the mount may put links and
 * devices in the place of what was there, and these are not followed or opened.
 *
 * @param directory the path of the directory that has it, in the string form of {@link io.layerfs.Name}
 */
record UpperContent(String directory, String name, long size) implements Content {

    private Fd open() throws IOException {
        return RegularFile.withoutLinks(directory + "/" + name);
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        try (Fd file = open()) {
            return file.read(position, target);
        }
    }

    @Override
    public long nextData(long position) throws IOException {
        try (Fd file = open()) {
            return position >= size ? size : Math.min(size, file.nextData(position, size));
        }
    }

    @Override
    public long dataEnd(long position) throws IOException {
        try (Fd file = open()) {
            return Math.min(size, file.dataEnd(position));
        }
    }
}
