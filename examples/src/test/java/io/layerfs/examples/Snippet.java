package io.layerfs.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A block of Java in a document. What a block is is told by its first line and by its content: {@code java} is the body of a
 * method, or, where it has a class with a {@code main}, a whole program; {@code java junit} is a test class; {@code java no-run}
 * is compiled and not run.
 *
 * @param number of the block among all
 * @param document where it is
 * @param fence the line of the document that opens it, from 1
 * @param info what that line says after the backquotes
 * @param lines what is between
 */
record Snippet(int number, String document, int fence, String info, List<String> lines) {

    private static final Pattern PROGRAM = Pattern.compile("^public final class (\\w+) \\{$");

    private static final String IMPORTS = imports(
            "java.io.*",
            "java.nio.charset.*",
            "java.nio.file.*",
            "java.nio.file.attribute.*",
            "java.time.*",
            "java.util.*",
            "java.util.stream.*",
            "io.layerfs.*",
            "io.layerfs.compose.*",
            "io.layerfs.overlay.*",
            "io.layerfs.registry.*",
            "io.layerfs.trust.*",
            "io.layerfs.vfs.*");

    private static final String TEST_IMPORTS = imports(
            "java.io.*",
            "java.nio.file.*",
            "io.layerfs.*",
            "io.layerfs.junit.*",
            "io.layerfs.contract.*",
            "org.junit.jupiter.api.*",
            "static org.junit.jupiter.api.Assertions.*");

    /** Import declarations in one line. */
    private static String imports(String... names) {
        return Stream.of(names).map(name -> "import " + name + "; ").collect(Collectors.joining());
    }

    /** All blocks of a document. */
    static List<Snippet> of(Path document, int firstNumber) throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        List<String> lines = Files.readAllLines(document);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                int fence = i;
                do {
                    i++;
                } while (!lines.get(i).equals("```"));
                String info = lines.get(fence).substring(3);
                if (info.equals("java") || info.startsWith("java ")) {
                    snippets.add(new Snippet(
                            firstNumber + snippets.size(),
                            Documents.name(document),
                            fence + 1,
                            info,
                            lines.subList(fence + 1, i)));
                }
            }
        }
        return snippets;
    }

    boolean isTest() {
        return info.equals("java junit");
    }

    boolean isProgram() {
        return programName() != null;
    }

    boolean isRun() {
        return !isTest() && !info.equals("java no-run");
    }

    private String programName() {
        for (String line : lines) {
            Matcher matcher = PROGRAM.matcher(line);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return null;
    }

    String packageName() {
        return "snippet" + number;
    }

    /** The class that is compiled of it. */
    String className() {
        return packageName() + "." + (isProgram() ? programName() : "Snippet");
    }

    /** Java: what is added is in the first line, so that line {@code n} is line {@code fence + n - 1} of the document. */
    String source() {
        String head = "package " + packageName() + "; ";
        String text = String.join("\n", lines) + "\n";
        if (isProgram()) {
            return head + "\n" + text;
        }
        if (isTest()) {
            return head + TEST_IMPORTS + "\n" + text;
        }
        String hoisted = lines.stream().filter(Snippet::isImport).collect(Collectors.joining(" "));
        String body = lines.stream().map(line -> isImport(line) ? "" : line).collect(Collectors.joining("\n"));
        return head + IMPORTS + hoisted
                + " public class Snippet { public static void run(Path archive, Path work) throws Exception {\n" + body
                + "\n}}\n";
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    /** Where a line of its source is. */
    String place(long sourceLine) {
        return document + ":" + (fence + sourceLine - 1);
    }

    @Override
    public String toString() {
        return document + ":" + fence;
    }
}
