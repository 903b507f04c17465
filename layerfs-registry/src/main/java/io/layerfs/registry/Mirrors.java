package io.layerfs.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an image is looked for: the mirrors of its registry, in their order, then the registry itself. The first that has the
 * manifest is where all of the image is taken from (as containers-registries.conf(5) has it). A mirror that fails, for whatever
 * reason, is one that does not have it.
 */
final class Mirrors {

    private final Session session;

    /** What was found, and where. */
    record Found(Repository repository, RemoteManifest manifest) {}

    Mirrors(Session session) {
        this.session = session;
    }

    Found find(Reference reference) throws IOException {
        List<IOException> failures = new ArrayList<>();
        RegistryOptions hasty = session.options().withRetries(0, Duration.ZERO);
        for (Reference place : places(reference)) {
            try {
                Repository mirror = new Repository(session, place, hasty);
                return new Found(new Repository(session, place), mirror.manifest(reference.identifier()));
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failures.add(e);
            }
        }
        Repository origin = new Repository(session, reference);
        try {
            return new Found(origin, origin.manifest(reference.identifier()));
        } catch (IOException e) {
            failures.forEach(e::addSuppressed);
            throw e;
        }
    }

    /** {@code host[:port][/path]} of each mirror, before the repository. */
    private List<Reference> places(Reference reference) {
        List<Reference> places = new ArrayList<>();
        for (String mirror : session.options().mirrors().getOrDefault(reference.registry(), List.of())) {
            int slash = mirror.indexOf('/');
            String host = slash < 0 ? mirror : mirror.substring(0, slash);
            String path = slash < 0 ? "" : mirror.substring(slash + 1) + "/";
            places.add(new Reference(host, path + reference.repository(), reference.tag(), reference.digest()));
        }
        return places;
    }
}
