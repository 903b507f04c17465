package io.layerfs.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.libraries.ClassReferences.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Field faults, section 2: every class, method and field of a library that our modules refer to is there in the oldest version
 * and in the newest.
 */
class ReferencesTest {

    /** Nobody needs annotations to be there. */
    private static final List<String> OF_NO_LIBRARY =
            List.of("java.", "javax.", "jdk.", "io.layerfs.", "org.jspecify.");

    private static boolean isOfLibrary(Reference reference) {
        return OF_NO_LIBRARY.stream().noneMatch(reference.owner()::startsWith);
    }

    @ParameterizedTest
    @EnumSource
    void allThatIsReferredToIsThere(LibrarySet libraries) throws IOException {
        Set<Reference> references = new LinkedHashSet<>();
        for (Path module : LibrarySet.modules()) {
            references.addAll(references(module));
        }
        assertThat(references).extracting(Reference::owner).anyMatch(owner -> owner.startsWith("com.fasterxml."));
        URL[] jars = urls(libraries.jars());
        try (URLClassLoader loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Set<String> missing = new TreeSet<>();
            for (Reference reference : references) {
                if (!isThere(reference, loader)) {
                    missing.add(reference.toString());
                }
            }
            assertThat(missing).isEmpty();
        }
    }

    private static URL[] urls(List<Path> jars) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static Set<Reference> references(Path module) throws IOException {
        if (Files.isDirectory(module)) {
            return referencesBelow(module);
        }
        try (FileSystem jar = FileSystems.newFileSystem(module)) {
            return referencesBelow(jar.getPath("/"));
        }
    }

    private static Set<Reference> referencesBelow(Path directory) throws IOException {
        Set<Reference> references = new LinkedHashSet<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".class") && !file.endsWith("module-info.class")) {
                    try (InputStream in = Files.newInputStream(file)) {
                        ClassReferences.of(in).stream()
                                .filter(ReferencesTest::isOfLibrary)
                                .forEach(references::add);
                    }
                }
            }
        }
        return references;
    }

    private static boolean isThere(Reference reference, ClassLoader loader) {
        try {
            Class<?> owner = Class.forName(reference.owner(), false, loader);
            return reference.name() == null || has(owner, reference.name(), String.valueOf(reference.descriptor()));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean has(Class<?> owner, String name, String descriptor) {
        boolean found = false;
        for (Field field : owner.getDeclaredFields()) {
            found |= field.getName().equals(name)
                    && field.getType().descriptorString().equals(descriptor);
        }
        for (Method method : owner.getDeclaredMethods()) {
            found |= method.getName().equals(name)
                    && MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                            .descriptorString()
                            .equals(descriptor);
        }
        if (name.equals("<init>")) {
            for (Constructor<?> constructor : owner.getDeclaredConstructors()) {
                found |= MethodType.methodType(void.class, constructor.getParameterTypes())
                        .descriptorString()
                        .equals(descriptor);
            }
            return found;
        }
        for (Class<?> above : owner.getInterfaces()) {
            found |= has(above, name, descriptor);
        }
        return found || (owner.getSuperclass() != null && has(owner.getSuperclass(), name, descriptor));
    }
}
