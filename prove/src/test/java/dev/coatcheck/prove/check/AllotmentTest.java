package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllotmentTest {
    @Test
    void each_step_comes_a_dozen_times_again_and_what_is_sent_twice_anyway_only_once() {
        Allotment allotment = Allotment.of(
                steps("POST /login", "GET /me", "PUT /me", "GET /me"), _ -> Duration.ofMillis(5), Set.of());

        assertThat(allotment.times()).containsOnlyKeys(1, 2, 3).containsValues(12, 12, 12);
    }

    @Test
    void a_hundred_slow_steps_take_half_a_minute_more_and_what_writes_comes_first() {
        Scenario many = steps(IntStream.rangeClosed(1, 100)
                .mapToObj(step -> (step % 3 == 0 ? "POST /" : "GET /") + step)
                .toArray(String[]::new));

        Allotment allotment = Allotment.of(many, _ -> Duration.ofMillis(250), Set.of());

        int requests =
                allotment.times().values().stream().mapToInt(times -> times).sum()
                        + Allotment.REQUESTS_OF_A_LOOK
                                * allotment.looks().values().stream()
                                        .mapToInt(List::size)
                                        .sum();
        assertThat(requests).isBetween(60, 120);
        assertThat(many.steps().stream().filter(step -> !step.request().isSafe()))
                .allMatch(step -> allotment.times(step.number()) >= 2);
        assertThat(allotment.looks()).containsKey(99);
    }

    @Test
    void what_takes_long_comes_less_often_and_keeps_nobody_else_from_coming() {
        Allotment allotment = Allotment.of(
                steps("POST /report", "POST /login", "GET /"),
                step -> step == 1 ? Duration.ofSeconds(8) : Duration.ofMillis(5),
                Set.of());

        assertThat(allotment.times(1)).isEqualTo(2);
        assertThat(allotment.times(2)).isEqualTo(Allotment.TIMES);
        assertThat(allotment.times(3)).isEqualTo(Allotment.TIMES);
    }

    @Test
    void the_nearest_reads_are_put_around_a_step_and_one_that_comes_after_it() {
        Allotment allotment = Allotment.of(
                steps("POST /login", "GET /a", "GET /b", "GET /c", "POST /logout", "GET /d"),
                _ -> Duration.ofMillis(5),
                Set.of());

        assertThat(allotment.looks(5)).extracting(Step::title).containsExactly("GET /c", "GET /b", "GET /d");
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), List.of());
    }
}
