package io.layerfs.vfs;

import io.layerfs.Stat;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/** What {@code stat} told, with owner, group and permissions. */
final class PosixStatAttributes extends StatAttributes implements PosixFileAttributes {

    /** By rising bit: others' execute first. */
    private static final PosixFilePermission[] PERMISSIONS = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

    PosixStatAttributes(Stat stat, Object fileSystem) {
        super(stat, fileSystem);
    }

    @Override
    PosixStatAttributes posix() {
        return this;
    }

    @Override
    public UserPrincipal owner() {
        return NumericPrincipal.user(stat().uid());
    }

    @Override
    public GroupPrincipal group() {
        return NumericPrincipal.group(stat().gid());
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < PERMISSIONS.length; i++) {
            if ((stat().mode() & 1 << i) != 0) {
                permissions.add(PERMISSIONS[i]);
            }
        }
        return permissions;
    }
}
