package io.layerfs.tar;

import io.layerfs.tar.TarEntry.Kind;
import java.util.Locale;

/** What the types of entries mean, and what may follow them. Source: POSIX pax, "ustar Interchange Format", typeflag. */
final class TarTypes {

    private TarTypes() {}

    /** What an entry with this header and path makes. The path is the whole one, whatever the header has of it. */
    static Kind kind(TarHeader header, byte[] path) throws TarSyntaxException {
        boolean slash = path[path.length - 1] == '/';
        byte type = header.type();
        return switch (type) {
            case 0 -> untyped(header, path, slash);
            case '0', '7' -> file(header, slash);
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMLINK;
            case '3', '4', '6' -> {
                if (slash) {
                    throw fault(header, "a device or pipe whose path ends in '/': to some readers it is a directory");
                }
                yield type == '3' ? Kind.CHARACTER_DEVICE : type == '4' ? Kind.BLOCK_DEVICE : Kind.FIFO;
            }
            case '5', 'D' -> Kind.DIRECTORY;
            case 'S' -> {
                if (!header.isGnu()) {
                    throw fault(header, "type 'S', a GNU sparse file, in a header that is not GNU's");
                }
                yield file(header, slash);
            }
            case 'M' -> throw fault(header, "the continuation of a file from another volume");
            default ->
                throw fault(
                        header, "the type is " + TarSyntaxException.quote(new byte[] {type}) + ", which is none known");
        };
    }

    /** Before ustar there was no type for directories: a slash behind the name made one. */
    private static Kind untyped(TarHeader header, byte[] path, boolean slash) throws TarSyntaxException {
        int name = path.length;
        while (name > 0 && path[name - 1] == '/') {
            name--;
        }
        if (name == 0) {
            throw fault(header, "an entry without a type and without a name before '/': to some readers it is a file");
        }
        return slash ? Kind.DIRECTORY : Kind.FILE;
    }

    private static Kind file(TarHeader header, boolean slash) throws TarSyntaxException {
        if (slash) {
            throw fault(header, "a regular file whose path ends in '/': to some readers it is a directory");
        }
        return Kind.FILE;
    }

    /**
     * Fails where an entry other than a file has data or a sparse map: readers differ in whether they look for the data.
     * Only the directory of a GNU incremental dump has some, the names that it once held.
     */
    static void requireNoData(Kind kind, TarHeader header, long size, PaxRecords pax) throws TarSyntaxException {
        if (size != 0 && header.type() != 'D') {
            throw fault(header, "a " + spelled(kind) + " has no data, but the size is " + size);
        }
        if (SparseMap.isIn(pax)) {
            throw fault(header, "a " + spelled(kind) + " with a sparse map");
        }
    }

    private static String spelled(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static TarSyntaxException fault(TarHeader header, String reason) {
        return new TarSyntaxException(header.offset(), reason);
    }
}
