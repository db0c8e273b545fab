package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TerminalFaceTest {
    private static final Screen COLOURED = new Screen(80, true, true);

    @ParameterizedTest
    @EnumSource
    void colours_add_nothing_to_the_words(Samples sample) {
        String coloured = TerminalFace.text(sample.report(), COLOURED);

        assertThat(coloured).contains("\u001b[");
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(TerminalFace.text(sample.report(), Screen.plain()));
    }

    @ParameterizedTest
    @EnumSource
    void a_terminal_without_unicode_gets_ascii(Samples sample) {
        assertThat(TerminalFace.text(sample.report(), new Screen(80, true, false)))
                .matches("[\\n\\x1b\\x20-\\x7e]*");
    }

    @ParameterizedTest
    @EnumSource
    void text_from_outside_cannot_steer_the_terminal(Samples sample) {
        assertThat(TerminalFace.text(sample.report(), Screen.plain()))
                .doesNotContain("\u001b", "\u202E", "\u0000", "\r");
    }

    @Test
    void the_command_that_shows_a_leak_again_stays_in_one_line_on_any_screen() {
        Report report = Samples.LONG_NAMES.report();

        assertThat(TerminalFace.text(report, new Screen(40, false, true)).lines())
                .anyMatch(line -> line.strip().equals(report.leaks().getFirst().reproduce()));
    }

    @Test
    void sentences_keep_to_the_width_of_the_screen() {
        assertThat(TerminalFace.text(Samples.WITHOUT_POLLUTER.report(), new Screen(60, false, true))
                        .lines())
                .allMatch(line -> line.length() <= 60);
    }

    @Test
    void the_screen_is_what_the_environment_says() {
        assertThat(Screen.of(Map.of("COLUMNS", "60"), StandardCharsets.UTF_8, true))
                .isEqualTo(new Screen(60, true, true));
        assertThat(Screen.of(Map.of("NO_COLOR", "1"), StandardCharsets.US_ASCII, true))
                .isEqualTo(new Screen(80, false, false));
        assertThat(Screen.of(Map.of("TERM", "dumb", "COLUMNS", "wide"), StandardCharsets.UTF_8, true))
                .isEqualTo(Screen.plain());
        assertThat(Screen.of(Map.of(), StandardCharsets.UTF_8, false)).isEqualTo(Screen.plain());
    }
}
