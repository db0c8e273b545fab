package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void the_verdict_on_one_leak_is_seen_at_a_glance() {
        assertThat(TerminalFace.text(Samples.ONE_LEAK.report(), Screen.plain()).lines())
                .hasSizeLessThanOrEqualTo(30);
    }

    @Test
    void of_many_places_the_first_are_told_and_how_many_more_there_are() {
        FoundLeak leak = Samples.ONE_LEAK.report().leaks().getFirst();
        Report report = with(List.of(new FoundLeak(
                leak.check(),
                leak.cause(),
                leak.polluter(),
                leak.victim(),
                leak.difference(),
                IntStream.rangeClosed(1, 7)
                        .mapToObj(i -> new FoundLocation(FoundLocation.Kind.FILE, "web.1", "/srv/card-" + i))
                        .toList(),
                leak.advice(),
                leak.reproduce(),
                leak.evidence(),
                leak.scope())));

        assertThat(TerminalFace.text(report, Screen.plain()))
                .contains("/srv/card-1", "/srv/card-3", "and 4 places more; --report DIR lists them")
                .doesNotContain("/srv/card-4");
    }

    @Test
    void what_is_to_be_done_is_said_once() {
        FoundLeak leak = Samples.ONE_LEAK.report().leaks().getFirst();

        assertThat(TerminalFace.text(with(List.of(leak, leak)), Screen.plain()))
                .containsOnlyOnce(leak.cause().anchor())
                .contains("What to do: as for leak 1.");
    }

    @Test
    void how_much_a_load_has_met_is_told_though_all_has_passed() {
        Report rolled = stateless(new CheckResult("roll", CheckResult.Outcome.PASSED, "none of 21 requests failed"));

        assertThat(TerminalFace.text(rolled, Screen.plain()))
                .contains("factors, roll.\n  - roll: none of 21 requests failed\n");
    }

    @Test
    void a_failure_beside_the_state_says_in_every_face_what_to_do() {
        Report drained = stateless(new CheckResult("drain", CheckResult.Outcome.FAILED, "step 1 was not answered"));
        String remedy = "answer every request that has been accepted";

        assertThat(TerminalFace.text(drained, Screen.plain()).replaceAll("\\s+", " "))
                .startsWith(
                        "FAILED: drain – a request in progress is not answered as usual when its process is asked to")
                .contains("What to do: - drain: On SIGTERM, ")
                .contains(remedy);
        assertThat(HtmlFace.text(drained)).contains(remedy);
        assertThat(SarifFace.text(drained)).contains(remedy);
        assertThat(JUnitFace.text(drained)).contains(remedy);
    }

    private static Report stateless(CheckResult further) {
        Report stateless = Samples.STATELESS.report();
        return new Report(
                stateless.verdict(),
                stateless.reason(),
                stateless.scenarios(),
                Stream.concat(stateless.checks().stream(), Stream.of(further)).toList(),
                stateless.coverage(),
                stateless.leaks(),
                stateless.runs(),
                stateless.noise(),
                stateless.notes(),
                stateless.subject(),
                stateless.timeSpent());
    }

    private static Report with(List<FoundLeak> leaks) {
        Report other = Samples.ONE_LEAK.report();
        return new Report(
                other.verdict(),
                other.reason(),
                other.scenarios(),
                other.checks(),
                other.coverage(),
                leaks,
                other.runs(),
                other.noise(),
                other.notes(),
                other.subject(),
                other.timeSpent());
    }

    @Test
    void a_step_and_its_number_stay_together() {
        for (int columns = 40; columns <= 100; columns++) {
            assertThat(TerminalFace.text(Samples.ONE_LEAK.report(), new Screen(columns, false, true)))
                    .doesNotContainPattern("step\\n");
        }
    }

    @Test
    void a_number_and_its_unit_stay_together() {
        for (int columns = 40; columns <= 100; columns++) {
            assertThat(TerminalFace.text(Samples.TWO_LEAKS.report(), new Screen(columns, false, true)))
                    .doesNotContainPattern("[0-9]\\n *s\\b");
        }
    }

    @Test
    void a_failure_beside_the_state_is_as_red_as_a_leak() {
        Report drained = stateless(new CheckResult("drain", CheckResult.Outcome.FAILED, "step 1 was not answered"));

        assertThat(TerminalFace.text(drained, COLOURED)).startsWith("\u001b[1;31mFAILED:");
        assertThat(TerminalFace.text(Samples.STATELESS.report(), COLOURED)).startsWith("\u001b[1;32mSTATELESS:");
    }

    @Test
    void what_an_application_wrote_keeps_its_lines_and_their_indentation() {
        Report report = inconclusive("""
                web.1 ended before it was ready: exit status 1; its last lines:
                  server.js:3
                      throw new Error('no database');
                  \tat Object.<anonymous> (server.js:3:7)""");

        assertThat(TerminalFace.text(report, Screen.plain()).lines())
                .containsSubsequence(
                        "  server.js:3",
                        "      throw new Error('no database');",
                        "      at Object.<anonymous> (server.js:3:7)");
    }

    @Test
    void a_verdict_of_some_of_the_checks_names_those_that_were_not_asked_for() {
        Report whole = Samples.STATELESS.report();
        Report part = new Report(
                whole.verdict(),
                whole.reason(),
                whole.scenarios(),
                whole.checks().subList(0, 1),
                whole.coverage(),
                whole.leaks(),
                whole.runs(),
                whole.noise(),
                whole.notes(),
                whole.subject(),
                whole.timeSpent());

        assertThat(TerminalFace.text(part, Screen.plain()))
                .containsPattern("as far as\\s+this scenario goes, in\\s+1 of 7 checks of state\\s+\\(spread\\)")
                .contains("- amnesia (not asked for): that nothing dies with a process")
                .contains("- restart (not asked for): ")
                .contains("- crash (not asked for): ")
                .doesNotContain("spread (not asked for)");
        assertThat(TerminalFace.text(whole, Screen.plain())).doesNotContain("not asked for");
    }

    private static Report inconclusive(String reason) {
        Report other = Samples.INCONCLUSIVE.report();
        return new Report(
                other.verdict(),
                Optional.of(reason),
                other.scenarios(),
                other.checks(),
                other.coverage(),
                other.leaks(),
                other.runs(),
                other.noise(),
                other.notes(),
                other.subject(),
                other.timeSpent());
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
