package io.layerfs.oci;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image as Docker has it: a repository, perhaps with a registry's host, and a tag. Narrower than what an OCI
 * layout may call an image. Source: distribution/reference, its grammar and what it makes of short names.
 *
 * @param repository as it was given
 * @param tag {@code latest} where none was given
 */
record DockerName(String repository, String tag) {

    private static final Pattern NAME = Pattern.compile("((?:" + ReferenceGrammar.HOST + "/)?"
            + ReferenceGrammar.REPOSITORY + ")(?::(" + ReferenceGrammar.TAG + "))?");
    private static final int MAX_LENGTH = 383;

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException where Docker would refuse it
     */
    static DockerName parse(String text) {
        Matcher m = NAME.matcher(text.length() > MAX_LENGTH ? "" : text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no name of an image for Docker, such as team/app:1 (lower case, one tag); choose another name,"
                    + " or an OCI archive");
        }
        return new DockerName(m.group(1), m.group(2) == null ? "latest" : m.group(2));
    }

    /** Whether two texts are the same name, however much of it is left out. */
    static boolean same(String one, String other) {
        try {
            return one.equals(other) || parse(one).full().equals(parse(other).full());
        } catch (IllegalArgumentException e) {
            return false; // names of something else
        }
    }

    /** With the host and the path that Docker supplies where they are left out. */
    String full() {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean host = first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.toLowerCase(Locale.ROOT).equals(first);
        String path = host ? repository : "docker.io/" + (slash < 0 ? "library/" : "") + repository;
        return path + ":" + tag;
    }

    /** As {@code manifest.json} has it. */
    @Override
    public String toString() {
        return repository + ":" + tag;
    }
}
