package dev.coatcheck.state.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    * * * * *            | 2026-11-21T22:45 | 2026-11-21T22:46
                    */15 * * * *         | 2026-11-21T22:45 | 2026-11-21T23:00
                    0 3 * * *            | 2026-11-21T22:45 | 2026-11-22T03:00
                    30 4 * * MON-FRI     | 2026-11-21T22:45 | 2026-11-23T04:30
                    0 0 1 jan *          | 2026-11-21T22:45 | 2027-01-01T00:00
                    0 0 29 2 *           | 2026-11-21T22:45 | 2028-02-29T00:00
                    0 0 29 2 *           | 2096-03-01T00:00 | 2104-02-29T00:00
                    0 12 * * 0           | 2026-11-21T22:45 | 2026-11-22T12:00
                    0 12 * * 7           | 2026-11-21T22:45 | 2026-11-22T12:00
                    0 12 * * sun,wed     | 2026-11-22T12:00 | 2026-11-25T12:00
                    5,10-20/5 8-9 * * *  | 2026-11-21T08:10 | 2026-11-21T08:15
                    5,10-20/5 8-9 * * *  | 2026-11-21T08:20 | 2026-11-21T09:05
                    0 0 13 * FRI         | 2026-11-21T22:45 | 2026-11-27T00:00
                    0 0 13 * FRI         | 2026-12-11T00:00 | 2026-12-13T00:00
                    0 0 */2 * MON        | 2026-11-22T00:00 | 2026-11-23T00:00
                    59 23 31 12 *        | 2026-12-31T23:59 | 2027-12-31T23:59
                    """)
    void the_next_time_is_the_first_that_matches(String expression, LocalDateTime after, LocalDateTime next) {
        var cron = Cron.parse(expression, ZoneOffset.UTC);

        assertThat(cron.next(after.toInstant(ZoneOffset.UTC))).isEqualTo(next.toInstant(ZoneOffset.UTC));
        assertThat(cron.next(next.toInstant(ZoneOffset.UTC).minusNanos(1))).isEqualTo(next.toInstant(ZoneOffset.UTC));
        assertThat(cron.last(after.toInstant(ZoneOffset.UTC), next.toInstant(ZoneOffset.UTC)))
                .contains(next.toInstant(ZoneOffset.UTC));
        assertThat(cron.last(
                        after.toInstant(ZoneOffset.UTC),
                        next.toInstant(ZoneOffset.UTC).minusNanos(1)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * * 8",
                "*/0 * * * *",
                "5-1 * * * *",
                "a * * * *",
                "1,,2 * * * *",
                "1-2-3 * * * *",
                "5/2 * * * *",
                "1/2/3 * * * *",
                "* * * MON *",
                "-1 * * * *",
                "* * 30 2 *",
                "* * 31 4,6,9,11 *",
                "@daily"
            })
    void what_is_no_expression_is_refused_with_the_reason(String expression) {
        assertThatThrownBy(() -> Cron.parse(expression, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + expression + "\" is no cron expression")
                .hasMessageContaining(": ");
    }

    @Test
    void an_hour_that_is_skipped_makes_it_happen_once_right_after() {
        // Clocks go from 2:00 to 3:00.
        assertThat(times("30 2 * * *", "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(times("10,40 2 * * *", "2026-03-28T12:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z");
    }

    @Test
    void an_hour_that_comes_twice_makes_it_happen_once_the_first_time() {
        // Clocks go from 3:00 back to 2:00.
        assertThat(times("30 2 * * *", "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    @Test
    void what_happens_every_hour_keeps_its_pace_when_clocks_change() {
        assertThat(times("30 * * * *", "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z");
        assertThat(times("30 * * * *", "2026-10-25T00:00:00Z", 3))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
    }

    @Test
    void clocks_that_are_set_back_over_midnight_lose_nothing() {
        // From 1:00 to 0:00.
        var havana = Cron.parse("30 0 * * *", ZoneId.of("America/Havana"));
        var first = havana.next(Instant.parse("2025-11-01T12:00:00Z"));
        assertThat(first).isEqualTo(Instant.parse("2025-11-02T04:30:00Z"));
        assertThat(havana.next(first)).isEqualTo(Instant.parse("2025-11-03T05:30:00Z"));
    }

    @Test
    void of_what_was_missed_the_last_is_found_however_long_ago_it_begins() {
        var cron = Cron.parse("* * * * *", BERLIN);

        assertThat(cron.last(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2026-11-21T22:45:59Z")))
                .contains(Instant.parse("2026-11-21T22:45:00Z"));
        assertThat(cron.last(Instant.parse("2026-11-21T22:45:00Z"), Instant.parse("2026-11-21T22:45:59Z")))
                .isEmpty();
    }

    private static List<String> times(String expression, String after, int count) {
        var cron = Cron.parse(expression, BERLIN);
        var times = new ArrayList<String>();
        var time = Instant.parse(after);
        for (int i = 0; i < count; i++) {
            time = cron.next(time);
            times.add(time.toString());
        }
        return times;
    }
}
