package io.layerfs.bench;

import java.util.List;

/** Bars on a logarithmic scale. */
final class BarChart {

    private static final int ROW = 26;
    private static final int LABEL = 150;
    private static final int VALUE = 110;
    private static final int TOP = 36;

    private BarChart() {}

    /** One bar for each result; those of layerfs are marked. */
    static String of(String title, List<Result> results) {
        double least = results.stream().mapToDouble(Result::median).min().orElse(1) / 2;
        double most = results.stream().mapToDouble(Result::median).max().orElse(1);
        Svg svg = new Svg(title, TOP + ROW * results.size() + 10);
        int y = TOP;
        for (Result result : results) {
            double share = Math.log(result.median() / least) / Math.log(most / least);
            double length = Math.max(2, share * (Svg.WIDTH - LABEL - VALUE));
            svg.text(0, y + 13, "", result.place());
            svg.add(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"18\"/>",
                    Result.isOwn(result.place()) ? "own" : "bar", LABEL, y, length);
            svg.text(LABEL + length + 6, y + 13, "", Quantity.of(result));
            y += ROW;
        }
        return svg.toString();
    }
}
