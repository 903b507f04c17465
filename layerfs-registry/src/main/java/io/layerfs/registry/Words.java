package io.layerfs.registry;

/** What a server says, as it may stand in a message: of a bounded length, on one line, without what moves a terminal. */
final class Words {

    private static final int MAX_SHOWN = 300;

    private Words() {}

    /** Each control or formatting character as its number. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < MAX_SHOWN; i++) {
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || (type == Character.SURROGATE && !isPair(text, i));
            shown.append(hidden ? "\\u" + Integer.toHexString(0x10000 | c).substring(1) : c);
        }
        return shown + (shown.length() < MAX_SHOWN ? "" : "...");
    }

    private static boolean isPair(String text, int at) {
        return (at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1)))
                || (at > 0 && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at)));
    }
}
