package io.layerfs.vfs;

import java.util.regex.PatternSyntaxException;

/** Globs as regular expressions, with the syntax of {@link java.nio.file.FileSystem#getPathMatcher}. */
final class Glob {

    private static final String REGEX_SPECIAL = ".^$+{[]|()\\*?";
    private static final String GLOB_SPECIAL = "\\*?[{";

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private int at;
    private boolean inGroup;

    private Glob(String glob) {
        this.glob = glob;
    }

    static String toRegex(String glob) {
        return new Glob(glob).translate();
    }

    private String translate() {
        while (at < glob.length()) {
            next(glob.charAt(at++));
        }
        if (inGroup) {
            throw new PatternSyntaxException("Missing '}", glob, at - 1);
        }
        return "^" + regex + "$";
    }

    private void next(char c) {
        switch (c) {
            case '\\' -> escaped();
            case '[' -> bracket();
            case '{' -> openGroup();
            case '}' -> closeGroup();
            case ',' -> regex.append(inGroup ? ")|(?:" : ",");
            case '*' -> star();
            case '?' -> regex.append("[^/]");
            default -> literal(c);
        }
    }

    private void literal(char c) {
        if (REGEX_SPECIAL.indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private void escaped() {
        if (at == glob.length()) {
            throw new PatternSyntaxException("No character to escape", glob, at - 1);
        }
        char c = glob.charAt(at++);
        if (GLOB_SPECIAL.indexOf(c) >= 0 || REGEX_SPECIAL.indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private void star() {
        if (at < glob.length() && glob.charAt(at) == '*') {
            at++;
            regex.append(".*");
        } else {
            regex.append("[^/]*");
        }
    }

    private void openGroup() {
        if (inGroup) {
            throw new PatternSyntaxException("Cannot nest groups", glob, at - 1);
        }
        inGroup = true;
        regex.append("(?:(?:");
    }

    private void closeGroup() {
        regex.append(inGroup ? "))" : "}");
        inGroup = false;
    }

    private void bracket() {
        regex.append("[[^/]&&[");
        if (at < glob.length() && glob.charAt(at) == '^') {
            regex.append("\\^");
            at++;
        } else {
            if (at < glob.length() && glob.charAt(at) == '!') {
                regex.append('^');
                at++;
            }
            if (at < glob.length() && glob.charAt(at) == '-') {
                regex.append('-');
                at++;
            }
        }
        bracketMembers();
        regex.append("]]");
    }

    private void bracketMembers() {
        boolean hasRangeStart = false;
        char last = 0;
        while (at < glob.length()) {
            char c = glob.charAt(at++);
            if (c == ']') {
                return;
            }
            if (c == '/') {
                throw new PatternSyntaxException("Explicit 'name separator' in class", glob, at - 1);
            }
            if (c == '\\' || c == '[' || (c == '&' && at < glob.length() && glob.charAt(at) == '&')) {
                regex.append('\\');
            }
            regex.append(c);
            if (c == '-') {
                if (!hasRangeStart) {
                    throw new PatternSyntaxException("Invalid range", glob, at - 1);
                }
                if (at == glob.length() || glob.charAt(at) == ']') {
                    continue;
                }
                c = glob.charAt(at++);
                if (c < last) {
                    throw new PatternSyntaxException("Invalid range", glob, at - 3);
                }
                regex.append(c);
                hasRangeStart = false;
            } else {
                hasRangeStart = true;
                last = c;
            }
        }
        throw new PatternSyntaxException("Missing ']", glob, at - 1);
    }
}
