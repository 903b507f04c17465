package io.layerfs.examples.command;

import picocli.CommandLine.IVersionProvider;

/** The version that {@code --version} shows: that of the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"layerfs " + (version == null ? "(not packaged)" : version)};
    }
}
