package io.layerfs.vfs;

/** The number of a device as one, in the form of the C library's {@code makedev}, which the default provider shows. */
final class DeviceNumber {

    private DeviceNumber() {}

    static long of(long major, long minor) {
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & 0xffffff00L) << 12 | (major & 0xfffff000L) << 32;
    }

    static int major(long device) {
        return (int) (((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L));
    }

    static int minor(long device) {
        return (int) ((device & 0xff) | ((device >>> 12) & 0xffffff00L));
    }
}
