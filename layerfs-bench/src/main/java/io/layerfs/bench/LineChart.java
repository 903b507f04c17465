package io.layerfs.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What something costs against a number of something, a line for each place; both axes are logarithmic. */
final class LineChart {

    private static final int HEIGHT = 300;
    private static final int LEFT = 80;
    private static final int RIGHT = 150;
    private static final int TOP = 36;
    private static final int BOTTOM = 40;
    private static final int COLOURS = 5;
    private static final int LABEL = 16;

    private final String condition;
    private final double leastX;
    private final double mostX;
    private final double leastY;
    private final double mostY;

    private LineChart(String condition, List<Result> results) {
        this.condition = condition;
        this.leastX = results.stream().mapToDouble(this::x).min().orElse(1);
        this.mostX = results.stream().mapToDouble(this::x).max().orElse(10);
        // whole powers of ten
        double least = results.stream().mapToDouble(Result::median).min().orElse(1);
        double most = results.stream().mapToDouble(Result::median).max().orElse(1);
        this.leastY = Math.pow(10, Math.floor(Math.log10(least)));
        this.mostY = Math.max(leastY * 10, Math.pow(10, Math.ceil(Math.log10(most))));
    }

    /** Results that differ in the value of {@code condition}, a number. */
    static String of(String title, String condition, List<Result> results) {
        return new LineChart(condition, results).draw(title, results);
    }

    private double x(Result result) {
        return Double.parseDouble(Objects.requireNonNull(result.condition(condition)));
    }

    private double left(double x) {
        return LEFT + Math.log(x / leastX) / Math.log(mostX / leastX) * (Svg.WIDTH - LEFT - RIGHT);
    }

    private double top(double y) {
        return HEIGHT - BOTTOM - Math.log(y / leastY) / Math.log(mostY / leastY) * (HEIGHT - TOP - BOTTOM);
    }

    private String draw(String title, List<Result> results) {
        Svg svg = new Svg(title, HEIGHT);
        for (double y = leastY; y <= mostY * 1.01; y *= 10) {
            svg.add("<path class=\"axis\" d=\"M%d %.1f H%d\"/>", LEFT, top(y), Svg.WIDTH - RIGHT);
            svg.text(LEFT - 8, top(y) + 4, "end", Quantity.of(y, results.get(0).unit()));
        }
        results.stream()
                .mapToDouble(this::x)
                .distinct()
                .forEach(x -> svg.text(left(x), HEIGHT - BOTTOM + 18, "middle", Quantity.count(x)));
        svg.text(Svg.WIDTH - RIGHT + 10, HEIGHT - BOTTOM + 18, "", condition);
        Map<String, List<Result>> places = new TreeMap<>();
        results.forEach(result -> places.computeIfAbsent(result.place(), place -> new ArrayList<>())
                .add(result));
        int colour = 0;
        List<Double> labels = new ArrayList<>();
        for (Map.Entry<String, List<Result>> place : places.entrySet()) {
            line(svg, place.getKey(), place.getValue(), colour++ % COLOURS, labels);
        }
        return svg.toString();
    }

    private void line(Svg svg, String place, List<Result> points, int colour, List<Double> labels) {
        points.sort(Comparator.comparingDouble(this::x));
        StringBuilder path = new StringBuilder();
        for (Result point : points) {
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", path.length() == 0 ? "M" : " L", left(x(point)), top(point.median())));
        }
        svg.add("<path class=\"line c%d\" d=\"%s\"/>", colour, path);
        Result end = points.get(points.size() - 1);
        double y = top(end.median()) + 4;
        while (overlaps(y, labels)) {
            y -= LABEL;
        }
        labels.add(y);
        svg.text(left(x(end)) + 8, y, "", place + " " + Quantity.of(end));
    }

    private static boolean overlaps(double y, List<Double> labels) {
        return labels.stream().anyMatch(other -> Math.abs(other - y) < LABEL);
    }
}
