package io.layerfs.trust;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a reference names, in the one form that all its spellings stand for: {@code docker.io/library/app} for {@code app:1}, {@code
 * Docker.IO/app} and {@code index.docker.io/library/app}; a host in lower case, without the dot at its end and the port of https that
 * are understood. And a tag, if it has one.
 */
record LongName(String repository, @Nullable String tag) {

    private static final String DOCKER = "docker.io";
    private static final Pattern UNDERSTOOD = Pattern.compile("\\.?(?::0*443)?$");
    private static final Pattern ALSO_DOCKER = Pattern.compile("(?:index|registry-1|registry)\\.docker\\.io");

    static LongName parse(String reference) {
        int at = reference.indexOf('@');
        String named = at < 0 ? reference : reference.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        return new LongName(
                longForm(tagged ? named.substring(0, colon) : named), tagged ? named.substring(colon + 1) : null);
    }

    /** The name with its registry, which is Docker's where the first part does not look like a host. */
    private static String longForm(String repository) {
        int slash = repository.indexOf('/');
        if (slash < 0) {
            return DOCKER + "/library/" + repository;
        }
        String first = repository.substring(0, slash);
        if (!isHost(first)) {
            return DOCKER + "/" + repository;
        }
        String host = UNDERSTOOD.matcher(first.toLowerCase(Locale.ROOT)).replaceFirst("");
        String rest = repository.substring(slash + 1);
        if (host.equals(DOCKER) || ALSO_DOCKER.matcher(host).matches()) {
            return DOCKER + "/" + (rest.contains("/") || rest.equals("**") ? rest : "library/" + rest);
        }
        return host + "/" + rest;
    }

    /** As Docker tells a host from the first part of a path, which is in lower case and has neither dot nor colon. */
    private static boolean isHost(String first) {
        return first.contains(".")
                || first.contains(":")
                || first.contains("*")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }
}
