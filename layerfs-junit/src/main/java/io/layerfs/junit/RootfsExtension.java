package io.layerfs.junit;

import io.layerfs.Mount;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** What {@link Rootfs} registers; nothing to be named by users. Safe for tests that run in parallel. */
public final class RootfsExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    /** For JUnit. */
    public RootfsExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.isAnnotated(Rootfs.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Parameter declared = parameter.getParameter();
        Rootfs wanted = parameter
                .findAnnotation(Rootfs.class)
                .orElseThrow(() -> new ParameterResolutionException(declared + " has no @Rootfs"));
        if (!isSupported(declared.getType())) {
            throw new ParameterResolutionException(wrongType(declared));
        }
        try {
            return Roots.of(context)
                    .add("parameter " + declared.getName(), wanted, context)
                    .as(declared.getType());
        } catch (IOException e) {
            throw new ParameterResolutionException(wanted + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        inject(context, null, field -> Modifier.isStatic(field.getModifiers()));
    }

    /** JUnit makes a failure of what aborts a test while its parameters are resolved: their backends are asked before. */
    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        for (Parameter parameter : context.getRequiredTestMethod().getParameters()) {
            Rootfs wanted = parameter.getAnnotation(Rootfs.class);
            if (wanted != null) {
                Bases.requireBackend(wanted.backend());
            }
        }
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            inject(context, instance, field -> !Modifier.isStatic(field.getModifiers()));
        }
    }

    private static void inject(ExtensionContext context, @Nullable Object instance, Predicate<Field> wanted)
            throws IOException, IllegalAccessException {
        Class<?> type = instance == null ? context.getRequiredTestClass() : instance.getClass();
        for (Field field :
                AnnotationSupport.findAnnotatedFields(type, Rootfs.class, wanted, HierarchyTraversalMode.TOP_DOWN)) {
            if (!isSupported(field.getType()) || Modifier.isFinal(field.getModifiers())) {
                throw new ExtensionConfigurationException(wrongType(field));
            }
            Rootfs rootfs = field.getAnnotation(Rootfs.class);
            field.setAccessible(true);
            field.set(
                    instance,
                    Roots.of(context)
                            .add("field " + field.getName(), rootfs, context)
                            .as(field.getType()));
        }
    }

    private static boolean isSupported(Class<?> type) {
        return type == Path.class || type == Mount.class;
    }

    private static String wrongType(Object declaration) {
        return "@Rootfs is for variables of the types Path and Mount that are not final; this is " + declaration;
    }

    /** The test's own roots, and those that it shares with others: what it saw is what there is now. */
    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException()
                .ifPresent(failure -> Roots.all(context).forEach(root -> root.report(context, failure)));
    }
}
