package io.layerfs.junit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Configuration parameters of JUnit, of which one not given is looked for among the system properties. */
final class Parameters {

    private Parameters() {}

    static @Nullable String find(ExtensionContext context, String name) {
        return context.getConfigurationParameter(name).orElseGet(() -> System.getProperty(name));
    }
}
