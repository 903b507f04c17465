package io.layerfs.vfs;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file, or the names in a directory, by its URL. It is as the JDK's own for {@code file:}: a directory is a sorted text with a
 * name on each line; what is absent is a {@link FileNotFoundException}; length, type and time of modification are headers. To
 * be asked for those opens nothing that would have to be closed. For one thread at a time, as all of these.
 */
final class LayerUrlConnection extends URLConnection {

    /** By rising name; empty until it is connected. */
    private final TreeMap<String, String> headers = new TreeMap<>();

    private @Nullable Path path;
    private long modified;
    private @Nullable InputStream content;

    LayerUrlConnection(URL url) {
        super(url);
    }

    @Override
    public void connect() throws IOException {
        if (connected) {
            return;
        }
        Path found = find();
        BasicFileAttributes attributes = read(found, p -> Files.readAttributes(p, BasicFileAttributes.class));
        path = found;
        describe(attributes);
        connected = true;
    }

    private Path find() throws IOException {
        try {
            return LayerFileSystemProvider.path(url);
        } catch (IllegalArgumentException e) {
            MalformedURLException malformed = new MalformedURLException(url + ": " + e.getMessage());
            malformed.initCause(e);
            throw malformed;
        } catch (FileSystemNotFoundException e) {
            throw closed(e);
        }
    }

    private IOException closed(RuntimeException e) {
        return new IOException(url + ": its file system is not open", e);
    }

    /** One way to look at a file. */
    private interface Reading<T> {
        T of(Path path) throws IOException;
    }

    private <T> T read(Path from, Reading<T> reading) throws IOException {
        try {
            return reading.of(from);
        } catch (NoSuchFileException e) {
            FileNotFoundException absent = new FileNotFoundException(from + " (No such file or directory)");
            absent.initCause(e);
            throw absent;
        } catch (ClosedFileSystemException e) {
            throw closed(e);
        }
    }

    private void describe(BasicFileAttributes attributes) {
        String type = "text/plain";
        if (!attributes.isDirectory()) {
            headers.put("content-length", Long.toString(attributes.size()));
            String known = guessContentTypeFromName(url.getPath());
            type = known == null ? "content/unknown" : known;
        }
        headers.put("content-type", type);
        modified = attributes.lastModifiedTime().toMillis();
        OffsetDateTime time = Instant.ofEpochMilli(modified).atOffset(ZoneOffset.UTC);
        if (time.getYear() >= 0 && time.getYear() <= 9999) { // what the form of a header has room for
            headers.put("last-modified", DateTimeFormatter.RFC_1123_DATE_TIME.format(time));
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        connect();
        InputStream opened = content;
        if (opened == null) {
            boolean isDirectory = !headers.containsKey("content-length");
            opened =
                    read(Objects.requireNonNull(path), isDirectory ? LayerUrlConnection::names : Files::newInputStream);
            content = opened;
        }
        return opened;
    }

    private static InputStream names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            String lines =
                    entries.map(entry -> entry.getFileName() + "\n").sorted().collect(Collectors.joining());
            return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What cannot be opened has no headers. */
    private NavigableMap<String, String> headers() {
        try {
            connect();
        } catch (IOException e) {
            return Collections.emptyNavigableMap();
        }
        return headers;
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        return headers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, field -> List.of(field.getValue())));
    }

    @Override
    public @Nullable String getHeaderField(@Nullable String name) {
        return name == null ? null : headers().get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public @Nullable String getHeaderField(int index) {
        return nth(headers().values(), index);
    }

    @Override
    public @Nullable String getHeaderFieldKey(int index) {
        return nth(headers().keySet(), index);
    }

    private static @Nullable String nth(Collection<String> fields, int index) {
        return index < 0 ? null : fields.stream().skip(index).findFirst().orElse(null);
    }

    /** To the millisecond, which the header is not. */
    @Override
    public long getLastModified() {
        headers();
        return modified;
    }
}
