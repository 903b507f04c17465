package io.layerfs.examples.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Who is to own imported files.
 *
 * @param keep as they are; then the numbers mean nothing
 * @param uid the owner's number, unsigned
 * @param gid the group's number, unsigned
 */
record Owner(boolean keep, int uid, int gid) {

    /** Reads {@code keep} or {@code UID:GID}. */
    static final class Converter implements ITypeConverter<Owner> {
        @Override
        public Owner convert(String text) {
            if (text.equals("keep")) {
                return new Owner(true, 0, 0);
            }
            int colon = text.indexOf(':');
            try {
                return new Owner(
                        false,
                        Integer.parseUnsignedInt(text.substring(0, Math.max(colon, 0))),
                        Integer.parseUnsignedInt(text.substring(colon + 1)));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither 'keep' nor two numbers UID:GID");
            }
        }
    }
}
