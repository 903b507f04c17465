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
 * @param mode its permissions, of which {@link #UMASK} was taken
 * @param special the type of a special file; null for an ordinary one
 * @param device the number of a device, in the form of the C library's {@code makedev}
 */
record InitialMode(int mode, @Nullable FileType special, long device) {

    /** What is taken from the permissions that are asked for: a JVM cannot know the umask of its process. */
    static final int UMASK = 022;

    static final int FILE = 0666;
    static final int DIRECTORY = 0777;

    private static final String PERMISSIONS = "posix:permissions";
    private static final String MODE = "unix:mode";
    private static final String DEVICE = "unix:rdev";

    /** What {@code attributes} ask for, else {@code permissions}. */
    static InitialMode of(int permissions, FileAttribute<?>... attributes) {
        int mode = permissions & ~UMASK;
        FileType type = null;
        long device = 0;
        for (FileAttribute<?> attribute : attributes) {
            Object value = Objects.requireNonNull(attribute).value();
            if (attribute.name().equals(PERMISSIONS) && value instanceof Collection<?> asked) {
                mode = mode(asked) & ~UMASK;
            } else if (attribute.name().equals(MODE) && value instanceof Integer bits) {
                mode = bits & 07777;
                type = (bits & FileType.MASK) == 0 ? null : FileType.ofMode(bits);
            } else if (attribute.name().equals(DEVICE) && value instanceof Long number) {
                device = number;
            } else {
                throw new UnsupportedOperationException(
                        "'" + attribute.name() + "' not supported as initial attribute");
            }
        }
        return new InitialMode(mode, type == FileType.REGULAR || type == FileType.DIRECTORY ? null : type, device);
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

    /** The major part of {@link #device}. */
    int major() {
        return (int) (((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L));
    }

    /** The minor part of {@link #device}. */
    int minor() {
        return (int) ((device & 0xff) | ((device >>> 12) & 0xffffff00L));
    }
}
