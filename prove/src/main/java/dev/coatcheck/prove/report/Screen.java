package dev.coatcheck.prove.report;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a report is printed on.
 *
 * @param columns how wide text may be; commands and paths are never broken, whatever it is
 * @param colours whether colours are shown; they only repeat what words say
 * @param unicode whether characters beyond ASCII arrive
 */
public record Screen(int columns, boolean colours, boolean unicode) {
    private static final int USUAL = 80;
    private static final int NARROWEST = 40;
    /** Lines that are longer are hard to read, however wide the window is. */
    private static final int WIDEST = 100;

    public Screen {
        columns = Math.clamp(columns, NARROWEST, WIDEST);
    }

    /** 80 columns, no colours: for files, pipes and logs. */
    public static Screen plain() {
        return new Screen(USUAL, false, true);
    }

    /**
     * The screen that a program finds itself at. {@code COLUMNS}, {@code NO_COLOR} and {@code TERM=dumb} are honoured.
     *
     * @param environment the program's environment variables
     * @param charset in which it prints
     * @param terminal whether it prints to a terminal
     */
    public static Screen of(Map<String, String> environment, Charset charset, boolean terminal) {
        boolean plain =
                !environment.getOrDefault("NO_COLOR", "").isEmpty() || Objects.equals(environment.get("TERM"), "dumb");
        return new Screen(
                columns(environment.get("COLUMNS")),
                terminal && !plain,
                charset.equals(StandardCharsets.UTF_8) || charset.name().startsWith("UTF-"));
    }

    private static int columns(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,4}")) {
            return USUAL;
        }
        return Integer.parseInt(text);
    }
}
