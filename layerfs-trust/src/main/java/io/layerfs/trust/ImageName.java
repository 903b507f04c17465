package io.layerfs.trust;

import org.jspecify.annotations.Nullable;

/**
 * What a reference names: a repository, in the long form that a short name stands for, as in {@code docker.io/library/app} for
 * {@code app:1}; and a tag, if it has one.
 */
record ImageName(String repository, @Nullable String tag) {

    private static final String DOCKER = "docker.io";

    static ImageName parse(String reference) {
        int at = reference.indexOf('@');
        String named = at < 0 ? reference : reference.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        return new ImageName(
                longForm(tagged ? named.substring(0, colon) : named), tagged ? named.substring(colon + 1) : null);
    }

    /** The name with its registry, which is Docker's where the first part does not look like a host. */
    static String longForm(String repository) {
        int slash = repository.indexOf('/');
        if (slash < 0) {
            return DOCKER + "/library/" + repository;
        }
        String first = repository.substring(0, slash);
        if (first.equals("index.docker.io") || first.equals(DOCKER)) {
            String rest = repository.substring(slash + 1);
            return DOCKER + "/" + (rest.contains("/") ? rest : "library/" + rest);
        }
        boolean host = first.contains(".") || first.contains(":") || first.contains("*") || first.equals("localhost");
        return host ? repository : DOCKER + "/" + repository;
    }
}
