package dev.coatcheck.process.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogSettingsTest {
    @Test
    void lines_are_pretty_on_a_terminal_and_json_elsewhere_unless_the_format_is_set() {
        assertThat(LogSettings.from(Map.of(), true).pretty()).isTrue();
        assertThat(LogSettings.from(Map.of(), false).pretty()).isFalse();
        assertThat(LogSettings.from(Map.of("LOG_FORMAT", "json"), true).pretty())
                .isFalse();
        assertThat(LogSettings.from(Map.of("LOG_FORMAT", "Pretty"), false).pretty())
                .isTrue();
    }

    @Test
    void colours_are_for_terminals_whose_owner_wants_them() {
        assertThat(LogSettings.from(Map.of(), true).colours()).isTrue();
        assertThat(LogSettings.from(Map.of("NO_COLOR", "1"), true).colours()).isFalse();
        assertThat(LogSettings.from(Map.of("LOG_FORMAT", "pretty"), false).colours())
                .isFalse();
    }

    @Test
    void levels_are_read_for_all_and_for_single_loggers() {
        var settings = LogSettings.from(Map.of("LOG_LEVEL", "warn, org.eclipse.jetty=DEBUG"), false);

        assertThat(settings.levels())
                .containsExactly(
                        Map.entry(Logger.ROOT_LOGGER_NAME, Level.WARN), Map.entry("org.eclipse.jetty", Level.DEBUG));
        assertThat(settings.complaints()).isEmpty();
    }

    @Test
    void a_wrong_value_falls_back_and_is_complained_about() {
        var settings = LogSettings.from(Map.of("LOG_LEVEL", "loud", "LOG_FORMAT", "xml"), false);

        assertThat(settings.levels()).containsExactly(Map.entry(Logger.ROOT_LOGGER_NAME, Level.INFO));
        assertThat(settings.complaints())
                .containsExactly(
                        "LOG_LEVEL holds a level that is none of trace, debug, info, warn, error, off",
                        "LOG_FORMAT is neither json nor pretty");
    }
}
