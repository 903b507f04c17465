package io.layerfs.vfs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.URLStreamHandlerProvider;
import org.jspecify.annotations.Nullable;

/**
 * What opens URLs of the scheme {@code layerfs}: {@code path.toUri().toURL()}, on its own and inside {@code jar:} URLs, hence
 * class loaders over a directory or a jar of an image. The JDK finds it by the service's name, on the class path of the system
 * class loader.
 */
public final class LayerUrlProvider extends URLStreamHandlerProvider {

    /** For the service loader. */
    public LayerUrlProvider() {}

    @Override
    public @Nullable URLStreamHandler createURLStreamHandler(String protocol) {
        return Uris.SCHEME.equalsIgnoreCase(protocol) ? new Handler() : null;
    }

    private static final class Handler extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            return new LayerUrlConnection(url);
        }

        /** The number of a file system is no host, and nothing asks the network for it where URLs are compared. */
        @Override
        protected @Nullable InetAddress getHostAddress(URL url) {
            return null;
        }
    }
}
