package dev.coatcheck.formation.export;

/** How systemd reads what is written in its files. */
final class SystemdText {
    private SystemdText() {}

    /**
     * For between double quotes in a command line: with C's escapes for what these read, and with specifiers and variables
     * left to whom they are meant for.
     */
    static String quoted(String text) {
        return unexpanded(escaped(text));
    }

    /** A percent sign begins a specifier, a dollar sign a variable, and each stands for itself when it is doubled. */
    private static String unexpanded(String text) {
        return text.replace("%", "%%").replace("$", "$$");
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\t' -> escaped.append("\\t");
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        escaped.append("\\x%02x".formatted(c));
                    } else {
                        escaped.append((char) c);
                    }
                }
            }
        });
        return escaped.toString();
    }

    /** A line of an {@code EnvironmentFile}; a POSIX shell reads the same from it. */
    static String assignment(String name, String value) {
        return name + "=\"" + value.replaceAll("([\"\\\\`$])", "\\\\$1") + "\"\n";
    }
}
