package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Behaviour;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A proof of a hundred steps costs starts in proportion to what is different in them. */
class LongScenarioTest {
    private static final EnumSet<Check> SPLITTING =
            EnumSet.of(Check.SPREAD, Check.AMNESIA, Check.RESTART, Check.CRASH, Check.AGREE, Check.AGAIN);

    @Test
    void a_hundred_steps_of_five_kinds_take_few_starts() throws Exception {
        Scenario scenario = alike();
        SimulatedApplication application = new SimulatedApplication(scenario);

        Findings findings = investigate(application, scenario);

        assertThat(starts(application)).isBetween(30L, 60L);
        assertThat(findings.checks())
                .filteredOn(check -> check.check() != Check.AGAIN)
                .extracting(CheckOutcome::result)
                .containsOnly(Result.PASSED);
        assertThat(findings.checks().stream().map(CheckOutcome::why))
                .contains(
                        "any process can serve any request; each step apart from the 15 before it at once, and from all"
                                + " others in turn",
                        "nothing dies with a process; 5 kills between 100 steps, one for each two kinds of requests that"
                                + " follow each other",
                        "what was answered is never lost; 2 kills after writing steps, one for each kind of them");
    }

    @Test
    void a_hundred_steps_that_are_all_different_take_one_start_for_each_kill_and_some_dozens() throws Exception {
        Scenario scenario = different();
        SimulatedApplication application = new SimulatedApplication(scenario);

        investigate(application, scenario);

        assertThat(starts(application)).isBetween(150L, 200L);
        assertThat(Coverage.of(
                        100,
                        application.runs.stream()
                                .filter(run -> run.plan().name().startsWith("spread"))
                                .toList()))
                .isEqualTo(new Coverage(4950, 4950, 0));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "63, 64", "30, 77", "6, 22", "1, 82"})
    void what_a_step_left_is_found_wherever_the_two_stand(int polluter, int victim) throws Exception {
        for (Scenario scenario : List.of(alike(), different())) {
            SimulatedApplication application = new SimulatedApplication(scenario)
                    .step(polluter, remembering())
                    .step(victim, (world, seat, lane) -> world.memory(seat).contains(lane + "it"));

            assertThat(investigate(application, scenario).leaks())
                    .extracting(leak -> leak.cause() + " " + leak.polluter().orElse(0) + " " + leak.victim())
                    .containsExactly("MEMORY " + polluter + " " + victim);
        }
    }

    @Test
    void a_write_that_dies_with_who_answered_it_is_found_among_many_like_it() throws Exception {
        Scenario scenario = alike();
        SimulatedApplication application = new SimulatedApplication(scenario);
        scenario.steps().stream()
                .filter(step -> step.request().method().equals("POST"))
                .forEach(step -> application
                        .step(step.number(), (world, seat, lane) -> {
                            world.underWay.put("note " + step.number(), seat.process());
                            return true;
                        })
                        .step(
                                step.number() + 1,
                                (world, seat, lane) -> world.underWay.containsKey("note " + step.number())
                                        || world.store.contains("note " + step.number())));

        Findings findings = new Investigation(application, scenario, 3, Duration.ZERO)
                .investigate(EnumSet.of(Check.AMNESIA, Check.CRASH));

        assertThat(findings.leaks()).isNotEmpty();
        assertThat(findings.leaks().getFirst().victim()).isEqualTo(2);
    }

    private static Behaviour remembering() {
        return (world, seat, lane) -> {
            world.memory(seat).add(lane + "it");
            return true;
        };
    }

    private static Findings investigate(SimulatedApplication application, Scenario scenario)
            throws InterruptedException {
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(SPLITTING);
    }

    private static long starts(SimulatedApplication application) {
        return application.runs.stream().mapToLong(run -> run.starts().size()).sum();
    }

    private static Scenario alike() {
        return scenario(IntStream.range(0, 20)
                .boxed()
                .flatMap(i -> Stream.of(
                        "POST /notes {\"title\": \"note " + i + "\"}",
                        "GET /notes/" + i,
                        "GET /notes?page=" + i,
                        "PUT /notes/" + i + " {\"done\": true}",
                        "GET /notes/" + i + "/history"))
                .toList());
    }

    private static Scenario different() {
        return scenario(IntStream.range(0, 100)
                .mapToObj(i -> (i % 2 == 0 ? "POST /" : "GET /") + "abcdefghij".charAt(i / 10) + "/"
                        + "abcdefghij".charAt(i % 10))
                .toList());
    }

    private static Scenario scenario(List<String> lines) {
        return StepLines.read(lines, Path.of("."), List.of());
    }
}
