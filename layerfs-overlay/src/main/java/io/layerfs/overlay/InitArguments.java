package io.layerfs.overlay;

import io.layerfs.Utf8;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code layerfs-init} is told: texts {@code NAME=VALUE} of printable ASCII, in which all other bytes are {@code %XX}. So
 * they arrive as they are, whatever charset the JDK gives arguments to programs in. For one thread.
 */
final class InitArguments {

    private static final List<Charset> PLATFORM = List.of(Charset.defaultCharset(), ofNames());

    private final List<String> arguments = new ArrayList<>();

    /** Where the program is, and what it is to do; it ends when this process does. */
    InitArguments(String program, String action) {
        arguments.add(program);
        arguments.add(action);
    }

    InitArguments dyingWithThisProcess() {
        return with("watch", ProcessHandle.current().pid());
    }

    /** JDK 17 takes the default charset, later ones take that of names. */
    private static Charset ofNames() {
        String name = System.getProperty("sun.jnu.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    InitArguments with(String name, long number) {
        arguments.add(name + "=" + Long.toUnsignedString(number));
        return this;
    }

    InitArguments with(String name, String text) {
        arguments.add(name + "=" + escape(text));
        return this;
    }

    InitArguments flag(String name) {
        arguments.add(name);
        return this;
    }

    /** The whole command. */
    List<String> command() {
        return arguments;
    }

    /** The whole command, with what is to be executed at last. */
    List<String> command(List<String> executed) {
        boolean plain = executed.stream().allMatch(InitArguments::arrivesAsItIs);
        List<String> whole = new ArrayList<>(arguments);
        if (!plain) {
            whole.add("escaped");
        }
        whole.add("--");
        executed.forEach(argument -> whole.add(plain ? argument : escape(argument)));
        return whole;
    }

    /** Whether a program that a JVM starts gets the bytes of a text, in the string form of names, as they are. */
    static boolean arrivesAsItIs(String text) {
        byte[] bytes = Utf8.encode(text);
        return PLATFORM.stream().allMatch(charset -> Arrays.equals(text.getBytes(charset), bytes));
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : Utf8.encode(text)) {
            if (b > ' ' && b < 0x7f && b != '%') {
                out.append((char) b);
            } else if (b == 0) {
                throw new IllegalArgumentException("a NUL in '" + text + "'");
            } else {
                out.append('%').append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
        }
        return out.toString();
    }
}
