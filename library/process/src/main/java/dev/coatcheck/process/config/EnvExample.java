package dev.coatcheck.process.config;

import dev.coatcheck.process.config.Setting.WhenUnset;
import java.util.stream.Collectors;

/** Writes a {@code .env.example}: what to set, why, and what would do. */
final class EnvExample {
    private EnvExample() {}

    static String of(Group root) {
        return root.settings().map(EnvExample::entry).collect(Collectors.joining("\n"));
    }

    private static String entry(Setting setting) {
        var expected = setting.format().expected();
        var comment = setting.description().isEmpty() ? "" : commented(setting.description());
        return switch (setting.whenUnset()) {
            case WhenUnset.Refuse() ->
                comment + commented("Required: " + expected + ".") + line(setting.name(), setting.example());
            case WhenUnset.Empty() ->
                comment + commented("Optional: " + expected + ".") + "#" + line(setting.name(), setting.example());
            case WhenUnset.Fallback fallback ->
                comment + commented("Default below: " + expected + ".") + "#" + line(setting.name(), fallback.text());
        };
    }

    private static String commented(String text) {
        return text.lines().map(line -> "# " + line + "\n").collect(Collectors.joining());
    }

    private static String line(String name, String value) {
        return name + "=" + quoted(value) + "\n";
    }

    private static String quoted(String value) {
        return value.matches("[\\w./:@%+,?&=-]*")
                ? value
                : '"'
                        + value.replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("$", "\\$")
                                .replace("\n", "\\n")
                        + '"';
    }
}
