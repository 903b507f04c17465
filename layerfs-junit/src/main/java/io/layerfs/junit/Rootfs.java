package io.layerfs.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A root file system that is a test's own: a parameter or a field of the type {@link java.nio.file.Path}, which is its root,
 * or {@link io.layerfs.Mount}, which tells what was changed, too, and runs programs where the backend can.
 *
 * <p>What a test changes is gone when it ends. Each declaration has a root of its own for each test; one of a static field, or
 * of a parameter of a constructor or a {@code @BeforeAll} method, is shared by the tests of the class. The image is imported
 * once, and found again in the store by the next run; tests get forks of one base, in microseconds, or, of a backend that
 * cannot fork, fresh mounts. Tests may run in parallel.
 *
 * <p>Where a test fails, what it changed is published as a report entry, and stands in the stack trace as a suppressed
 * exception. With the parameter {@code layerfs.export}, a directory, the whole tree is written below that.
 *
 * <p>Parameters are configuration parameters of JUnit ({@code junit-platform.properties}) or system properties. Works with JUnit
 * Jupiter 5.10 and later, and 6.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
@ExtendWith(RootfsExtension.class)
public @interface Rootfs {

    /**
     * What it shows: the first of a file or directory of this path, a class path resource of this name (as {@link
     * Class#getResource} of the test's class has it), and an image of the store by this name or digest. A file is an image
     * archive or a layer's tar; the files of a directory belong to 0:0. Empty for an empty root.
     */
    String value() default "";

    /**
     * The backend's name, {@code vfs} or {@code overlay}; where it does not work here, the test is aborted, with the reason.
     * Empty for the quickest that works, which is {@code vfs}.
     */
    String backend() default "";

    /**
     * The directory of the store. Empty for the parameter {@code layerfs.store}, else {@code target/layerfs-store}, or {@code
     * build/layerfs-store} where there is a directory {@code build} and none {@code target}.
     */
    String store() default "";
}
