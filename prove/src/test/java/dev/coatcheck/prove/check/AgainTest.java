package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Behaviour;
import dev.coatcheck.prove.check.SimulatedApplication.World;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AgainTest {
    private enum Kept {
        IN_MEMORY,
        IN_STORE;

        Set<String> of(World world, Seat seat) {
            return this == IN_MEMORY ? world.memory(seat) : world.store;
        }
    }

    @Test
    void a_limit_that_each_process_counts_for_itself_is_multiplied() throws Exception {
        Scenario scenario = steps("GET /", "POST /login", "GET /me");

        Findings findings = again(application(scenario).step(2, allowing(4, Kept.IN_MEMORY)), scenario);

        assertThat(words(findings)).containsExactly("COUNTER 2 2");
        assertThat(findings.leaks().getFirst().evidence())
                .contains("sent again and again to one process, step 2 is refused with 401 the 5th time");
        assertThat(findings.leaks().getFirst().scope())
                .hasValue("in 3 processes that let 12 pass, where one refuses the 5th");
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.FAILED);
    }

    @Test
    void a_limit_in_the_store_is_one_for_all_processes() throws Exception {
        Scenario scenario = steps("GET /", "POST /login", "GET /me");

        Findings findings = again(application(scenario).step(2, allowing(4, Kept.IN_STORE)), scenario);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.checks()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.PASSED);
            assertThat(check.why())
                    .contains(
                            "one process was sent ",
                            " requests more, each step up to 12 times",
                            " were sent to several");
        });
    }

    @Test
    void steps_that_are_counted_together_are_one_leak_of_the_first_of_them() throws Exception {
        Scenario scenario = steps("POST /login", "POST /login/again", "GET /me");
        Behaviour counted = allowing(4, Kept.IN_MEMORY);

        assertThat(words(again(application(scenario).step(1, counted).step(2, counted), scenario)))
                .containsExactly("COUNTER 1 1");
    }

    @Test
    void what_is_used_up_in_one_process_alone_was_never_revoked_elsewhere() throws Exception {
        Scenario scenario = steps("GET /", "POST /redeem");

        assertThat(words(again(application(scenario).step(2, allowing(1, Kept.IN_MEMORY)), scenario)))
                .containsExactly("REVOCATION 2 2");
    }

    @Test
    void who_is_logged_out_in_one_process_is_not_where_the_session_was_copied() throws Exception {
        assertThat(words(sessions(Kept.IN_MEMORY))).containsExactly("REVOCATION 3 2");
        assertThat(words(sessions(Kept.IN_STORE))).isEmpty();
    }

    @Test
    void every_conversation_is_called_by_the_step_of_the_scenario_that_it_is_about() throws Exception {
        Scenario scenario = steps("POST /login", "GET /me", "POST /logout");
        SimulatedApplication sessions = sessions(scenario, Kept.IN_MEMORY);
        again(sessions, scenario);
        Scenario limited = steps("GET /", "POST /login", "GET /me");
        SimulatedApplication counting = application(limited).step(2, allowing(4, Kept.IN_MEMORY));
        again(counting, limited);

        assertThat(sessions.names).contains("again, in one process", "again, what step 3 revokes");
        assertThat(counting.names).contains("again, step 2 16 times in turn");
    }

    /** Sessions in the store, and copies of them somewhere. */
    private static Findings sessions(Kept copies) throws InterruptedException {
        Scenario scenario = steps("POST /login", "GET /me", "POST /logout");
        return again(sessions(scenario, copies), scenario);
    }

    private static SimulatedApplication sessions(Scenario scenario, Kept copies) {
        return application(scenario)
                .step(1, (world, seat, lane) -> {
                    world.store.add("session");
                    return true;
                })
                .step(2, (world, seat, lane) -> {
                    if (world.store.contains("session")) {
                        copies.of(world, seat).add("copy");
                    }
                    return copies.of(world, seat).contains("copy");
                })
                .step(3, (world, seat, lane) -> {
                    world.store.remove("session");
                    copies.of(world, seat).remove("copy");
                    return true;
                });
    }

    @Test
    void what_is_refused_by_chance_and_never_again_is_no_limit() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");
        AtomicInteger seen = new AtomicInteger();

        Findings findings =
                again(application(scenario).step(2, (world, seat, lane) -> seen.incrementAndGet() != 5), scenario);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.notes())
                .containsExactly(
                        "again: step 2 was not tried in several processes: it was refused with 401 after repetitions"
                                + " of other steps, and not for 21 of its own");
    }

    @Test
    void what_was_found_stays_found_when_no_instance_starts_any_more() throws Exception {
        Scenario scenario = steps("POST /login", "POST /redeem");
        SimulatedApplication whole = limited(scenario);
        again(whole, scenario);
        SimulatedApplication ending = limited(scenario);
        ending.endsAfter = whole.runs.size() - 2;

        Findings findings = again(ending, scenario);

        assertThat(words(findings)).containsExactly("COUNTER 1 1");
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.FAILED);
        assertThat(findings.notes())
                .containsExactly("again: what one process refuses of step 2 could not be tried in several: web.1 ended"
                        + " before it was ready");
    }

    @Test
    void what_could_not_be_tried_in_several_processes_is_not_told_as_passed() throws Exception {
        Scenario scenario = steps("POST /login", "POST /redeem");
        SimulatedApplication ending = limited(scenario);
        ending.endsAfter = 1;

        assertThat(again(ending, scenario).checks())
                .extracting(CheckOutcome::result)
                .containsExactly(Result.INCONCLUSIVE);
    }

    @Test
    void a_session_that_no_other_process_has_is_no_revocation_that_held() throws Exception {
        Scenario scenario = steps("POST /login", "GET /me", "POST /logout");

        Findings findings = again(
                application(scenario)
                        .step(1, (world, seat, lane) -> {
                            world.memory(seat).add("session");
                            return true;
                        })
                        .step(2, (world, seat, lane) -> world.memory(seat).contains("session"))
                        .step(3, (world, seat, lane) -> {
                            world.memory(seat).remove("session");
                            return true;
                        }),
                scenario);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.INCONCLUSIVE);
            assertThat(check.why()).contains("step 3 could not be tried");
        });
    }

    private static SimulatedApplication limited(Scenario scenario) {
        return application(scenario)
                .step(1, allowing(4, Kept.IN_MEMORY))
                .step(2, (world, seat, lane) -> world.memory(seat).add("redeemed"));
    }

    @Test
    void where_nothing_is_refused_there_is_nothing_to_try() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");

        assertThat(again(application(scenario), scenario).checks())
                .extracting(CheckOutcome::result)
                .containsExactly(Result.SKIPPED);
    }

    /** Lets so many pass that are counted there. */
    private static Behaviour allowing(int most, Kept place) {
        return (world, seat, lane) -> {
            Set<String> counted = place.of(world, seat);
            counted.add("attempt " + counted.size());
            return counted.size() <= most;
        };
    }

    private static SimulatedApplication application(Scenario scenario) {
        return new SimulatedApplication(scenario);
    }

    private static Findings again(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(EnumSet.of(Check.AGAIN));
    }

    private static List<String> words(Findings findings) {
        return findings.leaks().stream()
                .map(leak -> leak.cause() + " " + leak.polluter().orElse(0) + " " + leak.victim())
                .toList();
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), List.of());
    }
}
