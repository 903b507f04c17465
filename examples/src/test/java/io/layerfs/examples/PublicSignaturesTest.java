package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is public names types of the JDK and of what layerfs exports, and nothing of the libraries that it uses. */
class PublicSignaturesTest {

    /** One class of each module. */
    private static final List<Class<?>> MODULES = List.of(
            io.layerfs.LayerStore.class,
            io.layerfs.vfs.LayerFileSystems.class,
            io.layerfs.overlay.OverlayBackend.class,
            io.layerfs.registry.Registry.class,
            io.layerfs.trust.TrustPolicy.class,
            io.layerfs.compose.Rootfs.class,
            io.layerfs.junit.Rootfs.class,
            io.layerfs.contract.MountContract.class);

    /** Two modules are for users of JUnit. */
    private static final Set<String> FOR_JUNIT = Set.of("io.layerfs.junit", "io.layerfs.contract");

    private static List<Class<?>> exported(Class<?> inModule) throws IOException, ClassNotFoundException {
        Set<String> packages = new HashSet<>();
        packages.add(inModule.getPackageName());
        List<Class<?>> classes = new ArrayList<>();
        ModuleReference module = ModuleFinder.of(location(inModule)).findAll().stream()
                .findFirst()
                .orElse(null);
        if (module == null) {
            return packageOf(inModule); // a directory of classes of an automatic module
        }
        for (ModuleDescriptor.Exports exports : module.descriptor().exports()) {
            if (!exports.isQualified() && !module.descriptor().isAutomatic()) {
                packages.add(exports.source());
            }
        }
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            for (String name : names.toList()) {
                add(name, packages, classes);
            }
        }
        return classes;
    }

    private static List<Class<?>> packageOf(Class<?> type) throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        Path root = location(type);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String name = root.relativize(file).toString().replace('\\', '/');
                add(name, Set.of(type.getPackageName()), classes);
            }
        }
        return classes;
    }

    private static void add(String file, Set<String> packages, List<Class<?>> classes) throws ClassNotFoundException {
        if (file.endsWith(".class") && !file.endsWith("-info.class")) {
            String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
            if (packages.contains(name.substring(0, name.lastIndexOf('.')))) {
                classes.add(Class.forName(name, false, PublicSignaturesTest.class.getClassLoader()));
            }
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    @Test
    void onlyTheJdkAndWhatIsExported() throws Exception {
        List<Class<?>> all = new ArrayList<>();
        for (Class<?> module : MODULES) {
            List<Class<?>> exported = exported(module);
            assertThat(exported).contains(module);
            all.addAll(exported);
        }
        Set<Class<?>> visible = new HashSet<>(all);
        visible.removeIf(type -> !isVisible(type));
        Set<String> foreign = new TreeSet<>();
        for (Class<?> type : visible) {
            mentioned(type, (used, where) -> {
                boolean junit = FOR_JUNIT.contains(type.getPackageName())
                        && used.getName().startsWith("org.junit.jupiter.api.");
                if (!isOfTheJdk(used) && !visible.contains(used) && !junit) {
                    foreign.add(where + ": " + used.getName());
                }
            });
        }
        assertThat(foreign).isEmpty();
        assertThat(visible).hasSizeGreaterThan(60);
    }

    private static boolean isOfTheJdk(Class<?> type) {
        return type.isPrimitive() || String.valueOf(type.getModule().getName()).startsWith("java.");
    }

    private interface Mention {
        void of(Class<?> used, String where);
    }

    private static void mentioned(Class<?> type, Mention mention) {
        Consumer<Type> head = used -> each(used, c -> mention.of(c, type.getName()), new HashSet<>());
        if (type.getGenericSuperclass() != null) {
            head.accept(type.getGenericSuperclass());
        }
        Stream.of(type.getGenericInterfaces()).forEach(head);
        bounds(type, head);
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field)) {
                member(field, mention).accept(field.getGenericType());
            }
        }
        Stream.<Executable>concat(Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()))
                .filter(PublicSignaturesTest::isVisible)
                .forEach(executable -> signature(executable, member(executable, mention)));
    }

    private static Consumer<Type> member(Member member, Mention mention) {
        String where = member.getDeclaringClass().getName() + "." + member.getName();
        return used -> each(used, c -> mention.of(c, where), new HashSet<>());
    }

    private static void signature(Executable executable, Consumer<Type> mention) {
        if (executable instanceof Method method) {
            mention.accept(method.getGenericReturnType());
        }
        Stream.of(executable.getGenericParameterTypes()).forEach(mention);
        Stream.of(executable.getGenericExceptionTypes()).forEach(mention);
        bounds(executable, mention);
    }

    private static void bounds(GenericDeclaration declaration, Consumer<Type> mention) {
        Stream.of(declaration.getTypeParameters())
                .flatMap(parameter -> Stream.of(parameter.getBounds()))
                .forEach(mention);
    }

    private static boolean isVisible(Member member) {
        return (Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()))
                && !member.isSynthetic();
    }

    private static void each(Type type, Consumer<Class<?>> mention, Set<Type> seen) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof Class<?> raw) {
            Class<?> element = raw;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            mention.accept(element);
        } else if (type instanceof GenericArrayType array) {
            each(array.getGenericComponentType(), mention, seen);
        } else if (type instanceof ParameterizedType parameterized) {
            each(parameterized.getRawType(), mention, seen);
            Stream.of(parameterized.getActualTypeArguments()).forEach(t -> each(t, mention, seen));
        } else if (type instanceof TypeVariable<?> variable) {
            Stream.of(variable.getBounds()).forEach(t -> each(t, mention, seen));
        } else if (type instanceof WildcardType wildcard) {
            Stream.concat(Stream.of(wildcard.getUpperBounds()), Stream.of(wildcard.getLowerBounds()))
                    .forEach(t -> each(t, mention, seen));
        }
    }
}
