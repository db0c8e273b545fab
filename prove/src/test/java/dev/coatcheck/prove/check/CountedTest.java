package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Answering;
import dev.coatcheck.prove.check.SimulatedApplication.World;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What each process counts for itself, where no request is ever refused for it. */
class CountedTest {
    private static final Scenario TWO_PAGES = StepLines.read(List.of("GET /", "GET /news"), Path.of("."), List.of());

    @Test
    void visits_that_each_process_counts_for_itself_are_one_leak_of_the_first_page_that_shows_them() throws Exception {
        Findings findings = again(counting(World::memory, (visits, process) -> json("{\"visits\": " + visits + "}")));

        assertThat(findings.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.cause()).isEqualTo(Cause.COUNTER);
            assertThat(leak.polluter()).hasValue(1);
            assertThat(leak.victim()).isEqualTo(1);
            assertThat(Difference.mostTelling(leak.differences()).toString())
                    .matches(
                            "body: \\$\\.visits was another number each time in the control and is \\d+ again in the fleet");
            assertThat(leak.evidence())
                    .contains("sent again and again to one process, step 1 tells a number that goes on each time");
        });
    }

    @Test
    void visits_that_are_counted_in_the_store_are_counted_once() throws Exception {
        Findings findings = again(
                counting((world, seat) -> world.store, (visits, process) -> json("{\"visits\": " + visits + "}")));

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.PASSED);
    }

    @Test
    void a_number_in_a_page_is_found_whatever_lines_are_above_it() throws Exception {
        Findings findings = again(counting(
                World::memory,
                (visits, process) -> page("<p>news</p>\n".repeat(visits % 3) + "<p>at 2026-01-01 10:00:0" + visits % 7
                        + "</p><p>You are visitor no. " + visits + ".</p>")));

        assertThat(findings.leaks())
                .singleElement()
                .satisfies(leak -> assertThat(leak.differences().toString()).contains("You are visitor no. #."));
    }

    @Test
    void what_a_limit_leaves_is_counted_down() throws Exception {
        Findings findings = again(counting(
                World::memory,
                (requests, process) -> new Response(
                        200,
                        List.of(new Header("X-RateLimit-Remaining", String.valueOf(1_000 - requests))),
                        Content.of(new byte[0]))));

        assertThat(findings.leaks())
                .singleElement()
                .satisfies(leak -> assertThat(leak.differences().toString()).contains("header x-ratelimit-remaining"));
    }

    @Test
    void a_process_may_tell_how_much_it_has_done_itself() throws Exception {
        Findings findings = again(counting(
                World::memory,
                (requests, process) -> json("{\"pid\": " + (700 + process) + ", \"requests\": " + requests + "}")));

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.SKIPPED);
        assertThat(findings.notes())
                .contains("again: step 1 tells numbers that each process counts for itself, beside $.pid, by which it"
                        + " tells which process it is: so these are taken for numbers of that process");
    }

    @Test
    void what_comes_to_an_end_in_the_store_was_counted_together() throws Exception {
        Findings findings = again(counting(
                (world, seat) -> world.store,
                (taken, process) -> taken > 14
                        ? new Response(429, List.of(), content("{\"error\": \"sold out\"}"))
                        : json("{\"left\": " + (14 - taken) + "}")));

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).extracting(CheckOutcome::result).doesNotContain(Result.INCONCLUSIVE);
    }

    @Test
    void a_limit_that_tells_what_is_left_is_one_leak() throws Exception {
        Findings findings = again(counting(
                World::memory,
                (requests, process) -> requests > 9
                        ? new Response(429, List.of(), content(""))
                        : json("{\"remaining\": " + (9 - requests) + "}")));

        assertThat(findings.leaks()).extracting(Leak::victim).doesNotHaveDuplicates();
        assertThat(findings.leaks()).extracting(Leak::cause).containsOnly(Cause.COUNTER);
    }

    @Test
    void what_goes_on_by_more_or_less_is_no_counter() throws Exception {
        Findings findings = again(counting(
                World::memory, (requests, process) -> json("{\"at\": " + requests * requests + ", \"one\": 1}")));

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.SKIPPED);
    }

    private static SimulatedApplication counting(
            BiFunction<World, Seat, Set<String>> kept, BiFunction<Integer, Integer, Response> answer) {
        Answering counting = (world, seat, step) -> {
            Set<String> visits = kept.apply(world, seat);
            visits.add("visit " + visits.size());
            return Optional.of(answer.apply(visits.size(), seat.process()));
        };
        return new SimulatedApplication(TWO_PAGES).answering(1, counting).answering(2, counting);
    }

    private static Findings again(SimulatedApplication application) throws InterruptedException {
        return new Investigation(application, TWO_PAGES, 3, Duration.ZERO).investigate(EnumSet.of(Check.AGAIN));
    }

    private static Response json(String body) {
        return new Response(200, List.of(new Header("Content-Type", "application/json")), content(body));
    }

    private static Response page(String body) {
        return new Response(200, List.of(new Header("Content-Type", "text/html")), content(body));
    }

    private static Content content(String body) {
        return Content.of(body.getBytes(StandardCharsets.UTF_8));
    }
}
