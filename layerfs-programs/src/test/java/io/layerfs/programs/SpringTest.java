package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.PathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.UrlResource;
import org.springframework.core.io.WritableResource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.util.FileSystemUtils;

/** Spring's resources: of paths, of URLs, found by patterns on a class path in the image. */
class SpringTest {

    @TempDir
    private Path work;

    @Test
    void resourcesOfPathsAndUrls() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            places.same(directory -> {
                List<Object> answers = new ArrayList<>();
                Path one = directory.resolve("a/one.txt");
                List<Resource> resources =
                        List.of(new PathResource(one), new FileSystemResource(one), new UrlResource(one.toUri()));
                for (Resource resource : resources) {
                    answers.add(resource.exists() + " " + resource.isReadable() + " " + resource.contentLength() + " "
                            + resource.getFilename());
                    answers.add(
                            resource.getContentAsString(StandardCharsets.UTF_8).hashCode());
                    answers.add(resource.lastModified() > 0);
                    answers.add(resource.createRelative("b/two.txt").exists());
                    answers.add(resource.createRelative("b/none.txt").exists());
                }
                WritableResource writable = new PathResource(directory.resolve("a/b/two.txt"));
                try (var out = writable.getOutputStream()) {
                    out.write('x');
                }
                answers.add(writable.contentLength());
                FileSystemUtils.copyRecursively(directory.resolve("a"), directory.resolve("copy"));
                answers.addAll(TwoPlaces.tree(directory.resolve("copy")));
                answers.add(FileSystemUtils.deleteRecursively(directory.resolve("copy")));
                answers.addAll(TwoPlaces.tree(directory));
                return answers;
            });
        }
    }

    @Test
    void patternsOnAClassPath() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, plain -> Samples.jar(Samples.texts(plain)))) {
            List<String> found = places.same(directory -> {
                URL[] urls = {
                    directory.resolve("a").toUri().toURL(),
                    directory.resolve("lib/greeting.jar").toUri().toURL()
                };
                try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                    return find(loader);
                }
            });
            assertThat(found).contains("two.txt", "greeting.txt", "sample.Greeting");
        }
    }

    private static List<String> find(ClassLoader loader) throws IOException {
        var resolver = new PathMatchingResourcePatternResolver(loader);
        List<String> names = new ArrayList<>();
        for (String pattern : List.of("classpath*:**/*.txt", "classpath*:b/**/*.txt", "classpath*:sample/*.class")) {
            for (Resource resource : resolver.getResources(pattern)) {
                names.add(resource.getFilename());
            }
        }
        names.sort(null);
        Resource type = resolver.getResource("classpath:sample/Greeting.class");
        names.add(new SimpleMetadataReaderFactory(loader)
                .getMetadataReader(type)
                .getClassMetadata()
                .getClassName());
        return names;
    }
}
