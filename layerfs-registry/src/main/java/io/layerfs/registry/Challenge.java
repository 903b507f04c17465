package io.layerfs.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way in which a server wants to be told who asks ({@code WWW-Authenticate}; RFC 9110, 11.6.1).
 *
 * @param scheme in lower case, such as {@code bearer}
 * @param parameters by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    /** The challenges of all fields, each of which may have several. What is not of the form ends its field. */
    static List<Challenge> parse(List<String> fields) {
        List<Challenge> challenges = new ArrayList<>();
        for (String field : fields) {
            new Parser(field).parse(challenges);
        }
        return challenges;
    }

    /** Over one field. A token is a scheme unless {@code =} and a value follow; a lone value (token68) is passed over. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void parse(List<Challenge> challenges) {
            Map<String, String> parameters = null;
            while (true) {
                skip(" \t,");
                String token = token();
                if (token.isEmpty()) {
                    return;
                }
                int end = at;
                skip(" \t");
                if (parameters != null && at < text.length() && text.charAt(at) == '=') {
                    at++;
                    skip(" \t");
                    String value = value();
                    if (value == null) {
                        return;
                    }
                    parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), value);
                } else {
                    at = end;
                    parameters = new LinkedHashMap<>();
                    challenges.add(new Challenge(token.toLowerCase(Locale.ROOT), parameters));
                    skipToken68();
                }
            }
        }

        /** {@code Negotiate abc==}: characters up to a comma or the end, which are no parameter. */
        private void skipToken68() {
            int start = at;
            skip(" \t");
            int from = at;
            while (at < text.length() && isToken68(text.charAt(at))) {
                at++;
            }
            while (at < text.length() && text.charAt(at) == '=') {
                at++;
            }
            int end = at;
            skip(" \t");
            boolean lone = end > from && (at == text.length() || text.charAt(at) == ',');
            at = lone ? at : start;
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private @Nullable String value() {
            if (at == text.length() || text.charAt(at) != '"') {
                return token();
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && at + 1 < text.length()) {
                    c = text.charAt(++at);
                }
                value.append(c);
            }
            return null;
        }

        private static boolean isTokenCharacter(char c) {
            return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }

        private static boolean isToken68(char c) {
            return isAlphanumeric(c) || "-._~+/".indexOf(c) >= 0;
        }

        private static boolean isAlphanumeric(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        }
    }
}
