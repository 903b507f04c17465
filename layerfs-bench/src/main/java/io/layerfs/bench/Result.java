package io.layerfs.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was measured once: a line of the results' file.
 *
 * @param phase of what is done with images
 * @param name what was done
 * @param place where, or by whom
 * @param conditions the other parameters, by name
 * @param median of the samples, in {@code unit}
 * @param low the least of the samples
 * @param high the greatest
 * @param samples how many
 * @param unit {@code ns} or {@code B}
 * @param allocated bytes of heap for each operation; not a number where that was not measured
 */
record Result(
        String phase,
        String name,
        String place,
        Map<String, String> conditions,
        double median,
        double low,
        double high,
        long samples,
        String unit,
        double allocated) {

    /** The first line of a file of results. */
    static final String HEAD = "phase,name,place,conditions,median,low,high,samples,unit,allocated";

    /** The condition that says how many threads did it at once. */
    static final String THREADS = "threads";

    private static final int FIELDS = 10;

    /** Reads a line; no text in it has a comma. */
    static Result parse(String line) {
        String[] fields = line.split(",", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("not " + FIELDS + " fields: '" + line + "'");
        }
        Map<String, String> conditions = new TreeMap<>();
        for (String condition : fields[3].split(" ", -1)) {
            int equals = condition.indexOf('=');
            if (equals > 0) {
                conditions.put(condition.substring(0, equals), condition.substring(equals + 1));
            }
        }
        return new Result(
                fields[0],
                fields[1],
                fields[2],
                conditions,
                Double.parseDouble(fields[4]),
                Double.parseDouble(fields[5]),
                Double.parseDouble(fields[6]),
                Long.parseLong(fields[7]),
                fields[8],
                fields[9].isEmpty() ? Double.NaN : Double.parseDouble(fields[9]));
    }

    /** The line that {@link #parse} reads. */
    String toLine() {
        String text = conditions.entrySet().stream()
                .map(condition -> condition.getKey() + "=" + condition.getValue())
                .collect(Collectors.joining(" "));
        return String.join(
                ",",
                phase,
                name,
                place,
                text,
                Double.toString(median),
                Double.toString(low),
                Double.toString(high),
                Long.toString(samples),
                unit,
                Double.isNaN(allocated) ? "" : Double.toString(allocated));
    }

    /** The value of a condition, null where it has none; there is one thread where nothing is said. */
    @Nullable
    String condition(String condition) {
        String value = conditions.get(condition);
        return value == null && condition.equals(THREADS) ? "1" : value;
    }

    /** The phase and the name. */
    String title() {
        return phase + "." + name;
    }

    /** How far the samples are from the median, as a part of it. */
    double spread() {
        return Math.max(high - median, median - low) / median;
    }

    /** Whether layerfs does it: the rest are peers and floors. */
    static boolean isOwn(String place) {
        return place.startsWith("vfs") || place.equals("erofs") || place.startsWith("layerfs");
    }
}
