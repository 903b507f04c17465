package io.layerfs.examples.terminal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A table of text: each column as wide as its widest cell, the last one ragged. Columns of numbers are set to the right. */
public final class Columns {

    private final String rightAligned;
    private final List<List<String>> rows = new ArrayList<>();

    /** With one letter for each column: {@code l} for left, {@code r} for right. */
    public Columns(String alignment) {
        this.rightAligned = alignment;
    }

    /** Adds a row of as many cells as there are columns. */
    public void add(String... cells) {
        rows.add(List.of(cells));
    }

    /** Prints the rows, two spaces between columns. */
    public void print(Terminal terminal) throws IOException {
        int[] widths = new int[rightAligned.length()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            terminal.println(line(row, widths));
        }
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String padding = " ".repeat(widths[i] - width(cell));
            boolean last = i == widths.length - 1;
            line.append(i == 0 ? "" : "  ");
            line.append(rightAligned.charAt(i) == 'r' ? padding + cell : last ? cell : cell + padding);
        }
        return line.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
