package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Behaviour;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
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
                        Check.SPREAD.done() + "; each step apart from the 15 before it at once, and from all"
                                + " others in turn",
                        Check.AMNESIA.done()
                                + "; 9 kills between 100 steps; not after steps 10, 11, 12, 13, 14, 15, 16,"
                                + " 17, 18, 19, … (90 in all), where two steps follow each other that differ from two before in"
                                + " numbers, ids and captures alone",
                        Check.CRASH.done() + "; 4 kills after 40 writing steps; not after steps 11, 14, 16, 19,"
                                + " 21, 24, 26, 29, 31, 34, … (36 in all), which differ from one before in numbers, ids and"
                                + " captures alone");
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
    void a_write_that_is_lost_only_after_the_log_in_is_found_among_many_like_it() throws Exception {
        Scenario scenario = scenario(IntStream.range(0, 40)
                .mapToObj(i -> i == 20 ? "POST /login" : i % 2 == 0 ? "POST /cart {\"item\": " + i + "}" : "GET /cart")
                .toList());
        SimulatedApplication application = new SimulatedApplication(scenario);
        scenario.steps().stream()
                .filter(step -> step.number() > 21 && step.title().equals("POST /cart"))
                .forEach(step -> losing(application, step.number()));

        Findings findings = crash(application, scenario);

        assertThat(findings.leaks()).extracting(Leak::victim).first().isEqualTo(24);
        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.FAILED);
        assertThat(findings.notes())
                .anyMatch(note -> note.startsWith("crash: 4 kills after 20 writing steps; not after steps 5, 7,"));
    }

    @Test
    void a_write_that_is_lost_where_many_like_it_were_refused_is_found() throws Exception {
        Scenario lines = scenario(IntStream.range(0, 40)
                .mapToObj(i -> i % 2 == 1 ? "GET /account" : "POST /login pin=" + i)
                .toList());
        Scenario scenario = new Scenario(
                "steps",
                lines.steps().stream()
                        .map(step -> step.request().isSafe() || step.number() == 31 ? step : refused(step))
                        .toList());
        SimulatedApplication application = new SimulatedApplication(scenario);
        losing(application, 31);

        assertThat(crash(application, scenario).leaks())
                .extracting(Leak::victim)
                .containsExactly(32);
    }

    private static Step refused(Step step) {
        Expectation refusal = new Expectation(new Expectation.Exactly(401), List.of());
        return new Step(step.number(), step.user(), step.request(), step.polling(), refusal, List.of());
    }

    /** What the step writes is written behind its answer, as long as its process lives; the next step needs it. */
    private static void losing(SimulatedApplication application, int writing) {
        application
                .step(writing, (world, seat, lane) -> {
                    world.underWay.put("written by " + writing, seat.process());
                    return true;
                })
                .step(
                        writing + 1,
                        (world, seat, lane) -> world.underWay.containsKey("written by " + writing)
                                || world.store.contains("written by " + writing));
    }

    private static Findings crash(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(EnumSet.of(Check.CRASH));
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
