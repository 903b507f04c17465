package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where an inode lies whose data is behind it in the same block: every size, against a search of all places. */
class InlinePositionTest {

    private static boolean isInOneBlock(long position, int header, int tail) {
        return tail == 0 || (position + header) / Erofs.BLOCK == (position + header + tail - 1) / Erofs.BLOCK;
    }

    @Test
    void thePlaceIsTheFirstThatIsPossibleAndThereIsOneIfItFits() {
        for (int header = Erofs.COMPACT; header <= 700; header += 4) {
            for (int tail = 0; tail <= Erofs.BLOCK; tail++) {
                long first = -1;
                for (long position = 0; first < 0 && position < 2L * Erofs.BLOCK; position += Erofs.COMPACT) {
                    first = isInOneBlock(position, header, tail) ? position : -1;
                }
                assertThat(InodeWriter.fitsInline(header, tail))
                        .as("header %d, tail %d", header, tail)
                        .isEqualTo(first >= 0 && tail < Erofs.BLOCK);
                if (first >= 0) {
                    assertThat(InodeWriter.inlinePosition(0, header, tail)).isEqualTo(first);
                }
            }
        }
    }

    @Test
    void placesAreMultiplesOfAShortInodeNotBeforeWhatIsThere() {
        for (long from = 0; from < 2L * Erofs.BLOCK; from++) {
            long position = InodeWriter.inlinePosition(from, Erofs.COMPACT, 100);
            assertThat(position % Erofs.COMPACT).isZero();
            assertThat(isInOneBlock(position, Erofs.COMPACT, 100)).isTrue();
            for (long before = position - Erofs.COMPACT; before >= from; before -= Erofs.COMPACT) {
                assertThat(isInOneBlock(before, Erofs.COMPACT, 100)).isFalse();
            }
            assertThat(position).isGreaterThanOrEqualTo(from);
        }
    }
}
