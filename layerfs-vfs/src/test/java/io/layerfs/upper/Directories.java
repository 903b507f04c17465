package io.layerfs.upper;

import java.io.IOException;

/**
 * A tree of two directories that are known by their numbers, the root, 0, and one that has the name {@code d} in it at first, 1,
 * and of files that are open, by numbers, too: what can be done to it, and what it answers. The same of a view and of a model.
 *
 * <p>At first each of the two has a file {@code a}. The first of the files that are open are that of the root.
 */
interface Directories {

    /** How many files can be open. */
    int HANDLES = 6;

    /** How many are at first. */
    int OPEN = 2;

    String createFile(int directory, String name) throws IOException;

    String createDirectory(int directory, String name) throws IOException;

    String unlink(int directory, String name) throws IOException;

    String removeDirectory(int directory, String name) throws IOException;

    /** In the place of what has that name. */
    String rename(int from, String name, int to, String newName) throws IOException;

    /** Gives a file that is open a further name. */
    String link(int handle, int directory, String name) throws IOException;

    /** Closes what is open by that number, and opens what has that name. */
    String open(int handle, int directory, String name) throws IOException;

    /** Writes {@code count} bytes, which say what they are. */
    String write(int handle, int position, int count) throws IOException;

    /** Answers where it was written. */
    String append(int handle, int count) throws IOException;

    String truncate(int handle, int size) throws IOException;

    String read(int handle) throws IOException;

    String setMode(int handle, int mode) throws IOException;

    /** The type, links and mode of what has that name. */
    String stat(int directory, String name) throws IOException;

    /** The names in a directory, with their types. */
    String list(int directory) throws IOException;

    /** Keeps a snapshot. */
    String snapshot(int number) throws IOException;

    /** All that is in a snapshot that was kept. */
    String past(int number) throws IOException;

    /** All that there is at one moment, after {@code a} was written in a fork of it. */
    String fork() throws IOException;
}
