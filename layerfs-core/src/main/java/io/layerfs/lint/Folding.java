package io.layerfs.lint;

import io.layerfs.Utf8;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.Locale;

/** What names have in common where neither case nor Unicode's normal form tells them apart: Windows (case), macOS (both). */
final class Folding {

    private Folding() {}

    /** The same bytes for names that are one there; a name that is not UTF-8 is only itself. */
    static byte[] fold(byte[] name) {
        if (!isAscii(name)) {
            return NameRules.isUtf8(name) ? foldText(name) : name;
        }
        byte[] folded = name.clone();
        for (int i = 0; i < folded.length; i++) {
            if (folded[i] >= 'A' && folded[i] <= 'Z') {
                folded[i] = (byte) (folded[i] + 'a' - 'A');
            }
        }
        return folded;
    }

    private static byte[] foldText(byte[] name) {
        // Upper case first: it takes the sharp s apart, and brings all forms of sigma together.
        String text = Normalizer.normalize(Utf8.decode(name), Form.NFD);
        return Utf8.encode(Normalizer.normalize(text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Form.NFC));
    }

    /** Whether two names are one in Unicode's normal form, whatever their case. */
    static boolean sameNormalForm(byte[] a, byte[] b) {
        return Arrays.equals(a, b)
                || Normalizer.normalize(Utf8.decode(a), Form.NFC)
                        .equals(Normalizer.normalize(Utf8.decode(b), Form.NFC));
    }

    private static boolean isAscii(byte[] name) {
        for (byte b : name) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }
}
