package io.layerfs.vfs;

import java.io.IOException;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;

/** A user or group, known by its number: names are the image's own business, and those of the host say nothing about it. */
abstract sealed class NumericPrincipal implements UserPrincipal {

    /** Finds principals by the decimal digits of their number. */
    static final UserPrincipalLookupService LOOKUP = new UserPrincipalLookupService() {
        @Override
        public UserPrincipal lookupPrincipalByName(String name) throws IOException {
            return user(parse(name));
        }

        @Override
        public GroupPrincipal lookupPrincipalByGroupName(String group) throws IOException {
            return group(parse(group));
        }
    };

    private final int number;

    private NumericPrincipal(int number) {
        this.number = number;
    }

    /** The user of an unsigned number. */
    static UserPrincipal user(int number) {
        return new User(number);
    }

    /** The group of an unsigned number. */
    static GroupPrincipal group(int number) {
        return new Group(number);
    }

    /** The number of a user of this provider. */
    static int userNumber(UserPrincipal user) throws IOException {
        if (user instanceof GroupPrincipal) {
            throw new IOException("'owner' parameter can't be a group");
        }
        if (!(Objects.requireNonNull(user) instanceof User own)) {
            throw new ProviderMismatchException();
        }
        return ((NumericPrincipal) own).number;
    }

    /** The number of a group of this provider. */
    static int groupNumber(GroupPrincipal group) {
        if (!(Objects.requireNonNull(group) instanceof Group own)) {
            throw new ProviderMismatchException();
        }
        return ((NumericPrincipal) own).number;
    }

    private static int parse(String name) throws UserPrincipalNotFoundException {
        try {
            return Integer.parseUnsignedInt(Objects.requireNonNull(name));
        } catch (NumberFormatException e) {
            throw new UserPrincipalNotFoundException(name);
        }
    }

    @Override
    public String getName() {
        return Integer.toUnsignedString(number);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NumericPrincipal that && getClass() == that.getClass() && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return getName();
    }

    private static final class User extends NumericPrincipal {
        User(int number) {
            super(number);
        }
    }

    private static final class Group extends NumericPrincipal implements GroupPrincipal {
        Group(int number) {
            super(number);
        }
    }
}
