package io.layerfs.examples.command;

import io.layerfs.Platform;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code OS/ARCH[/VARIANT]}. */
final class PlatformConverter implements ITypeConverter<Platform> {
    @Override
    public Platform convert(String text) {
        try {
            return Platform.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not OS/ARCH[/VARIANT], such as linux/arm64");
        }
    }
}
