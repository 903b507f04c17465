package io.layerfs.upper;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/**
 * A directory in which a file {@code f} was opened several times before anything else: what can be done to it, and what it
 * answers. The same of a view, of a directory of the host, and of a model of both.
 */
interface Plain {

    /** How often {@code f} is open. */
    int HANDLES = 4;

    String create(String name) throws IOException;

    String unlink(String name) throws IOException;

    /** In the place of what has that name. */
    String rename(String from, String to) throws IOException;

    /** Gives the file that is open a further name. */
    String link(String name) throws IOException;

    /** Writes so many bytes, which say where they are. */
    String write(int handle, int position, int count) throws IOException;

    /** Writes so many bytes, as at position 0; answers where. */
    String append(int handle, int count) throws IOException;

    String truncate(int handle, int size) throws IOException;

    String read(int handle) throws IOException;

    /** Each name, with the links and the bytes of its file, all at one moment. */
    String all() throws IOException;

    /** Something that is done, or fails. */
    interface Call {
        String run() throws IOException;
    }

    /** What it answers, or which failure. */
    static String outcome(Call call) {
        try {
            return call.run();
        } catch (FileAlreadyExistsException e) {
            return "exists";
        } catch (NoSuchFileException e) {
            return "absent";
        } catch (IOException e) {
            return e.toString();
        }
    }

    static byte[] bytes(int position, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) (position + count));
        return bytes;
    }

    /** Short, and another for other bytes. */
    static String text(byte[] bytes) {
        return bytes.length < 10 ? Arrays.toString(bytes) : bytes.length + " bytes, " + Arrays.hashCode(bytes);
    }

    static String line(String name, Object links, byte[] bytes) {
        return name + " of " + links + ": " + text(bytes) + "\n";
    }
}
