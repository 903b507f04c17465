package io.layerfs.vfs;

import io.layerfs.FileType;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a new file is to be.
 *
 * @param mode its permissions, of which {@link #UMASK} was taken unless the mode itself was asked for
 * @param special the type of a special file; null for one that is made without saying its type
 * @param device the number of a device, in the form of {@link DeviceNumber}
 */
record InitialMode(int mode, @Nullable FileType special, long device) {

    /** What is taken from the permissions that are asked for: a JVM cannot know the umask of its process. */
    static final int UMASK = 022;

    private static final int FILE = 0666;
    private static final int DIRECTORY = 0777;

    private static final String PERMISSIONS = "posix:permissions";
    private static final String UNIX_PERMISSIONS = "unix:permissions";
    static final String MODE = "unix:mode";
    static final String DEVICE = "unix:rdev";

    /** What {@code attributes} ask for, of what is made by opening it: a regular or a special file. */
    static InitialMode ofFile(FileAttribute<?>... attributes) {
        InitialMode asked = of(FILE, attributes);
        if (asked.special == FileType.DIRECTORY || asked.special == FileType.SYMLINK) {
            throw unsupported(MODE + " of a " + asked.special);
        }
        return asked.special == FileType.REGULAR ? new InitialMode(asked.mode, null, 0) : asked;
    }

    /** What {@code attributes} ask for, of a directory. */
    static InitialMode ofDirectory(FileAttribute<?>... attributes) {
        InitialMode asked = of(DIRECTORY, attributes);
        if (asked.special != null && asked.special != FileType.DIRECTORY) {
            throw unsupported(MODE + " of a " + asked.special);
        }
        return asked;
    }

    private static InitialMode of(int permissions, FileAttribute<?>... attributes) {
        int mode = permissions & ~UMASK;
        FileType type = null;
        long device = 0;
        for (FileAttribute<?> attribute : attributes) {
            String name = attribute.name();
            Object value = Objects.requireNonNull(attribute.value());
            if (name.equals(PERMISSIONS) || name.equals(UNIX_PERMISSIONS)) {
                mode = mode((Collection<?>) value) & ~UMASK;
            } else if (name.equals(MODE) && value instanceof Integer bits) {
                mode = bits & 07777;
                type = (bits & FileType.MASK) == 0 ? null : FileType.ofMode(bits);
            } else if (name.equals(DEVICE) && value instanceof Long number) {
                device = number;
            } else {
                throw unsupported(name);
            }
        }
        return new InitialMode(mode, type, device);
    }

    private static UnsupportedOperationException unsupported(String attribute) {
        return new UnsupportedOperationException("'" + attribute + "' not supported as initial attribute");
    }

    static int mode(Collection<?> permissions) {
        int mode = 0;
        for (Object permission : permissions) {
            mode |= switch ((PosixFilePermission) Objects.requireNonNull(permission)) {
                case OWNER_READ -> 0400;
                case OWNER_WRITE -> 0200;
                case OWNER_EXECUTE -> 0100;
                case GROUP_READ -> 040;
                case GROUP_WRITE -> 020;
                case GROUP_EXECUTE -> 010;
                case OTHERS_READ -> 04;
                case OTHERS_WRITE -> 02;
                case OTHERS_EXECUTE -> 01;
            };
        }
        return mode;
    }
}
