package io.layerfs.vfs;

import java.io.IOException;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * A user or group, known by its number: names are the image's own business, and those of the host say nothing about it.
 *
 * @param number unsigned
 * @param group whether it is a group
 */
record NumericPrincipal(int number, boolean group) implements GroupPrincipal {

    /** Finds principals by the decimal digits of their number. */
    static final UserPrincipalLookupService LOOKUP = new UserPrincipalLookupService() {
        @Override
        public UserPrincipal lookupPrincipalByName(String name) throws IOException {
            return lookup(name, false);
        }

        @Override
        public GroupPrincipal lookupPrincipalByGroupName(String group) throws IOException {
            return lookup(group, true);
        }
    };

    private static NumericPrincipal lookup(String name, boolean group) throws IOException {
        try {
            return new NumericPrincipal(Integer.parseUnsignedInt(name), group);
        } catch (NumberFormatException e) {
            throw new UserPrincipalNotFoundException(name);
        }
    }

    @Override
    public String getName() {
        return Integer.toUnsignedString(number);
    }

    @Override
    public String toString() {
        return getName();
    }
}
