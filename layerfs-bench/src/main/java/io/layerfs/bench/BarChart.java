package io.layerfs.bench;

import java.util.List;
import java.util.Locale;

/** Bars on a logarithmic scale, as SVG that is readable on light and on dark ground. */
final class BarChart {

    private static final int WIDTH = 720;
    private static final int ROW = 26;
    private static final int LABEL = 190;
    private static final int VALUE = 110;
    private static final int TOP = 44;

    private BarChart() {}

    /** One bar for each result; those of layerfs are marked. */
    static String of(String title, List<Result> results) {
        double least = results.stream().mapToDouble(Result::score).min().orElse(1) / 2;
        double most = results.stream().mapToDouble(Result::score).max().orElse(1);
        int height = TOP + ROW * results.size() + 10;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">%n",
                WIDTH,
                height,
                WIDTH));
        svg.append("""
                <style>
                text { font: 13px sans-serif; fill: #222 }
                .title { font-weight: bold }
                .bar { fill: #9aa7b5 }
                .own { fill: #1f6feb }
                @media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #5b6875 } .own { fill: #58a6ff } }
                </style>
                """);
        svg.append("<title>").append(title).append("</title>\n");
        svg.append("<text class=\"title\" x=\"0\" y=\"18\">").append(title).append("</text>\n");
        int y = TOP;
        for (Result result : results) {
            double share = Math.log(result.score() / least) / Math.log(most / least);
            double length = Math.max(2, share * (WIDTH - LABEL - VALUE));
            String label = (result.place() + " " + result.conditions()).strip();
            String kind = isOwn(result.place()) ? "own" : "bar";
            svg.append(String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">%s</text>%n", y + 13, label));
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"18\"/>%n",
                    kind,
                    LABEL,
                    y,
                    length));
            svg.append(String.format(
                    Locale.ROOT, "<text x=\"%.0f\" y=\"%d\">%s</text>%n", LABEL + length + 6, y + 13, value(result)));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    static boolean isOwn(String place) {
        return place.startsWith("vfs") || place.equals("erofs") || place.equals("importImage");
    }

    static String value(Result result) {
        String unit = result.unit().replace("/op", "");
        return String.format(Locale.ROOT, result.score() < 10 ? "%.2f %s" : "%.0f %s", result.score(), unit);
    }
}
