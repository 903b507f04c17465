package io.layerfs.examples.inspect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * An inspection as one HTML page that needs nothing else: no network, no other file. What may run in it is named by digest in
 * its content security policy, so that nothing that an image's names or commands hold can run.
 */
public final class InspectPage {

    private InspectPage() {}

    /** Writes the page. */
    public static void write(Inspection inspection, Writer out) throws IOException {
        String style = resource("page.css");
        String script = resource("page.js");
        String page = resource("page.html");
        // One after the other, so that nothing that is put in is looked at again.
        int at = 0;
        for (String[] part : new String[][] {
            {"{{style-digest}}", digest(style)},
            {"{{script-digest}}", digest(script)},
            {"{{title}}", escape(inspection.image().toString())},
            {"{{style}}", style},
            {"{{data}}", new PageData(inspection).toJson()},
            {"{{script}}", script}
        }) {
            int mark = page.indexOf(part[0], at);
            out.write(page, at, mark - at);
            out.write(part[1]);
            at = mark + part[0].length();
        }
        out.write(page, at, page.length() - at);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = InspectPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("the resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
