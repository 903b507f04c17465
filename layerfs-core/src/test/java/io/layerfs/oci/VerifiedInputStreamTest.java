package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream whose end is only reached by the bytes that were promised. */
class VerifiedInputStreamTest {

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31);
        }
        return bytes;
    }

    /** Says that it has the first {@code promised} of these bytes. */
    private static InputStream stream(byte[] there, int promised) throws IOException {
        Digest digest = Digest.sha256(bytes(promised));
        return new VerifiedInputStream("what", new ByteArrayInputStream(there), digest, promised);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 70_000, 200_000})
    void whatWasPromisedComesHoweverItIsRead(int count) throws IOException {
        assertThat(stream(bytes(count), count).readAllBytes()).isEqualTo(bytes(count));
        InputStream single = stream(bytes(count), count);
        for (int i = 0; i < count; i++) {
            assertThat((byte) single.read()).isEqualTo((byte) (i * 31));
        }
        assertThat(single.read()).isNegative();
        assertThat(single.read()).isNegative();
        InputStream skipped = stream(bytes(count), count);
        long passed = 0;
        for (long n = skipped.skip(Long.MAX_VALUE); n > 0; n = skipped.skip(Long.MAX_VALUE)) {
            passed += n;
        }
        assertThat(passed).isEqualTo(count);
        assertThat(skipped.skip(0)).isZero();
        assertThat(skipped.skip(-1)).isZero();
        assertThat(skipped.markSupported()).isFalse();
    }

    @Test
    void aByteTooManyIsFoundBeforeTheEnd() throws IOException {
        InputStream in = stream(bytes(11), 10);
        assertThatThrownBy(() -> in.read(new byte[11]))
                .isExactlyInstanceOf(DigestMismatchException.class)
                .hasMessage("what: more than 11 bytes; it should have 10");
    }

    @Test
    void aByteTooFewIsFoundAtTheEnd() throws IOException {
        InputStream in = stream(bytes(9), 10);
        assertThat(in.read(new byte[20])).isEqualTo(9);
        assertThatThrownBy(in::read)
                .isExactlyInstanceOf(DigestMismatchException.class)
                .hasMessage("what: 9 bytes; it should have 10");
    }

    @Test
    void otherBytesAreFoundAtTheEndThoughTheyAreSkipped() throws IOException {
        byte[] other = bytes(10);
        other[3] ^= 1;
        String message = "what: the digest of its bytes is " + Digest.sha256(other) + ", as computed while reading";
        assertThatThrownBy(() -> stream(other, 10).readAllBytes())
                .isExactlyInstanceOf(DigestMismatchException.class)
                .hasMessage(message);
        InputStream skipped = stream(other, 10);
        assertThat(skipped.skip(10)).isEqualTo(10);
        assertThatThrownBy(() -> skipped.skip(1)).hasMessage(message);
    }
}
