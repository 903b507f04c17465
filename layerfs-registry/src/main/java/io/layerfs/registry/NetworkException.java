package io.layerfs.registry;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Something between here and a server failed, or the server broke off. Only what is of this type is a failure of the network:
 * what fails on this machine, such as a file that cannot be read, is none, and is not tried again.
 */
final class NetworkException extends IOException {

    private static final long serialVersionUID = 1L;

    NetworkException(String message, @Nullable IOException cause) {
        super(message, cause);
    }

    /** Why a server could not be reached: it is not known, it refuses, or it does not answer in time. */
    static NetworkException unreachable(String server, IOException reason, long millis) {
        String detail = String.valueOf(reason.getMessage());
        if (reason instanceof UnknownHostException) {
            return new NetworkException(server + ": the host is not known: " + detail, reason);
        }
        if (reason instanceof SocketTimeoutException) {
            return new NetworkException(server + ": no connection within " + millis + " ms: time-out", reason);
        }
        if (reason instanceof NoRouteToHostException) {
            return new NetworkException(server + ": there is no way to the host: " + detail, reason);
        }
        if (reason instanceof ConnectException && detail.contains("refused")) {
            return new NetworkException(server + ": the connection is refused: nothing listens there", reason);
        }
        return new NetworkException(server + ": no connection: " + detail, reason);
    }

    /** The same, with {@code prefix} before its message. */
    NetworkException during(String prefix) {
        return new NetworkException(prefix + getMessage(), this);
    }

    /** Whether the same may succeed later. A host that is not known, or another protocol than TLS, stays so. */
    boolean mayPass() {
        boolean encrypted = false;
        for (Throwable at = getCause(); at != null; at = at.getCause()) {
            if (at instanceof UnknownHostException || at instanceof CertificateException) {
                return false;
            }
            if (at instanceof SocketException || at instanceof EOFException || at instanceof SocketTimeoutException) {
                return true;
            }
            encrypted |= at instanceof SSLException;
        }
        return !encrypted;
    }
}
