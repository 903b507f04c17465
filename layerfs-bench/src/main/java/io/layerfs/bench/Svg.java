package io.layerfs.bench;

import java.util.Locale;

/** A picture in the making, readable on light and on dark ground. */
final class Svg {

    static final int WIDTH = 720;

    private static final String STYLE = """
            <style>
            text { font: 13px sans-serif; fill: #222 }
            .title { font-weight: bold }
            .end { text-anchor: end }
            .middle { text-anchor: middle }
            .bar { fill: #9aa7b5 }
            .own { fill: #1f6feb }
            .axis { stroke: #9aa7b5; stroke-width: 1; fill: none }
            .line { stroke-width: 2; fill: none }
            .c0 { stroke: #1f6feb } .c1 { stroke: #d1242f } .c2 { stroke: #1a7f37 } .c3 { stroke: #9a6700 } .c4 { stroke: #8250df }
            @media (prefers-color-scheme: dark) {
              text { fill: #ddd } .bar { fill: #5b6875 } .own { fill: #58a6ff } .axis { stroke: #5b6875 }
              .c0 { stroke: #58a6ff } .c1 { stroke: #ff7b72 } .c2 { stroke: #3fb950 } .c3 { stroke: #d29922 } .c4 { stroke: #bc8cff }
            }
            </style>
            """;

    private final StringBuilder text = new StringBuilder();

    Svg(String title, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">",
                WIDTH, height, WIDTH);
        text.append(STYLE);
        add("<title>%s</title>", title);
        text(0, 18, "title", title);
    }

    /** Adds an element. */
    Svg add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
        return this;
    }

    /** Adds a text, which must need no escapes. */
    Svg text(double x, double y, String kind, String what) {
        return add("<text class=\"%s\" x=\"%.0f\" y=\"%.0f\">%s</text>", kind, x, y, what);
    }

    /** The whole. */
    @Override
    public String toString() {
        return text + "</svg>\n";
    }
}
