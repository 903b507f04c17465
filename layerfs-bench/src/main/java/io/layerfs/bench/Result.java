package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line of what JMH found.
 *
 * @param group the benchmark's class, without {@code Benchmark}
 * @param name what was measured
 * @param score the mean
 * @param error half of the interval of 99.9 %; not a number where there are too few samples
 * @param parameters by name
 */
record Result(String group, String name, double score, double error, String unit, Map<String, String> parameters) {

    private static final String SUFFIX = "Benchmark";
    private static final String PARAMETER = "Param: ";

    /** Reads a file that JMH wrote with {@code -rf csv}. */
    static List<Result> read(Path csv) throws IOException {
        List<String> lines = Files.readAllLines(csv);
        List<String> head = fields(lines.get(0));
        List<Result> results = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = fields(line);
            String[] path = fields.get(head.indexOf("Benchmark")).split("\\.", -1);
            Map<String, String> parameters = new TreeMap<>();
            for (int i = 0; i < head.size(); i++) {
                if (head.get(i).startsWith(PARAMETER)
                        && i < fields.size()
                        && !fields.get(i).isEmpty()) {
                    parameters.put(head.get(i).substring(PARAMETER.length()), fields.get(i));
                }
            }
            String group = path[path.length - 2];
            results.add(new Result(
                    group.substring(0, group.length() - SUFFIX.length()),
                    path[path.length - 1],
                    number(fields.get(head.indexOf("Score"))),
                    number(fields.get(head.indexOf("Score Error (99.9%)"))),
                    fields.get(head.indexOf("Unit")),
                    parameters));
        }
        return results;
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace(',', '.'));
    }

    /** What lies between commas, quotes around it or not; JMH puts none into a text. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        for (String field : line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            fields.add(field.startsWith("\"") ? field.substring(1, field.length() - 1) : field);
        }
        return fields;
    }

    String place() {
        return parameters.getOrDefault("place", name);
    }

    /** The parameters other than the place, as a reader would say them. */
    String conditions() {
        StringBuilder text = new StringBuilder();
        parameters.forEach((name, value) -> {
            if (!name.equals("place") && !name.equals("archive")) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(value);
            }
        });
        return text.toString();
    }
}
