package io.layerfs.libraries;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a class refers to: the constants of a class file. Source: The Java Virtual Machine Specification, 4.4. */
final class ClassReferences {

    private final Object[] constants;

    /**
     * A class, or a field or method of one.
     *
     * @param owner the class, with dots
     * @param name null for the class itself
     * @param descriptor of the field or method
     */
    record Reference(
            String owner, @Nullable String name, @Nullable String descriptor) {
        @Override
        public String toString() {
            return name == null ? owner : owner + "." + name + " " + descriptor;
        }
    }

    /** One constant that points to others. */
    private record Pair(int tag, int first, int second) {}

    private ClassReferences(DataInputStream in) throws IOException {
        in.skipNBytes(8); // magic and version
        constants = new Object[in.readUnsignedShort()];
        for (int i = 1; i < constants.length; i++) {
            int tag = in.readUnsignedByte();
            constants[i] = switch (tag) {
                case 1 -> in.readUTF();
                case 3, 4 -> in.readInt();
                case 5, 6 -> in.readLong();
                case 7, 8, 16, 19, 20 -> new Pair(tag, in.readUnsignedShort(), 0);
                case 9, 10, 11, 12, 17, 18 -> new Pair(tag, in.readUnsignedShort(), in.readUnsignedShort());
                case 15 -> new Pair(tag, in.readUnsignedByte(), in.readUnsignedShort());
                default -> throw new IOException("a constant of kind " + tag);
            };
            if (tag == 5 || tag == 6) {
                i++; // they take two places
            }
        }
    }

    /** Those of a class file. */
    static Set<Reference> of(InputStream classFile) throws IOException {
        return new ClassReferences(new DataInputStream(classFile)).references();
    }

    private Set<Reference> references() {
        Set<Reference> found = new LinkedHashSet<>();
        for (Object constant : constants) {
            if (constant instanceof Pair pair && pair.tag == 7) {
                String name = className(pair);
                if (!name.startsWith("[")) {
                    found.add(new Reference(name, null, null));
                }
            } else if (constant instanceof Pair pair && pair.tag >= 9 && pair.tag <= 11) {
                String owner = className((Pair) constants[pair.first]);
                Pair member = (Pair) constants[pair.second];
                if (!owner.startsWith("[")) {
                    found.add(new Reference(owner, text(member.first), text(member.second)));
                }
            }
        }
        return found;
    }

    private String className(Pair pair) {
        return text(pair.first).replace('/', '.');
    }

    private String text(int index) {
        return (String) constants[index];
    }
}
