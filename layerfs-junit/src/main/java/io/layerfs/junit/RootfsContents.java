package io.layerfs.junit;

/** No failure: what a failed test left in its root, for its stack trace. */
final class RootfsContents extends Exception {

    private static final long serialVersionUID = 1;

    RootfsContents(String text) {
        super(text, null, false, false);
    }
}
