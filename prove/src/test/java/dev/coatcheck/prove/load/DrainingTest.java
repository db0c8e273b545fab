package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Trials;
import dev.coatcheck.prove.play.TestServer;
import dev.coatcheck.prove.play.TestServer.Reply;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class DrainingTest {
    /** Answers at once what comes to /early, reads the rest, and takes its time for /slow. */
    private static final String SERVER = """
            const server = require('http').createServer((request, response) => {
              if (request.url === '/early') return response.end('early');
              if (request.url === '/slow') return setTimeout(() => response.end('slow'), 4000);
              request.resume().on('end', () => response.end('read'));
            });
            server.listen(process.env.PORT);
            """;

    private static final String GRACEFUL = "process.on('SIGTERM', () => server.close(() => process.exit(0)));";
    private static final String RUDE = "process.on('SIGTERM', () => process.exit(0));";

    /** For a machine on which all else is tested at the same time. */
    private static final Duration ACCEPTED = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @Test
    void a_step_that_is_answered_before_its_body_has_come_is_not_met_and_the_others_are() throws Exception {
        CheckOutcome outcome = drain(GRACEFUL, "POST /early x=1", "POST /notes text=hello", "GET /slow");

        assertThat(outcome.why())
                .isEqualTo(
                        "of 2 requests that SIGTERM met in progress, each was answered as by one process that nobody ends; not met: step 1"
                                + " POST /early was answered before its body had come");
        assertThat(outcome.result()).isEqualTo(Result.PASSED);
    }

    @Test
    void a_handler_that_never_waits_for_a_body_says_nothing_of_a_process_that_drops_all() throws Exception {
        CheckOutcome outcome = drain(RUDE, "POST /early x=1", "GET /");

        assertThat(outcome.result()).isEqualTo(Result.SKIPPED);
        assertThat(outcome.why()).contains("no request was in progress", "step 1 POST /early was answered before");
    }

    @Test
    void a_step_that_takes_a_while_is_met_in_its_middle() throws Exception {
        CheckOutcome outcome = drain(RUDE, "GET /", "GET /slow");

        assertThat(outcome.why()).startsWith("step 2 GET /slow was in progress when SIGTERM came: ");
        assertThat(outcome.result()).isEqualTo(Result.FAILED);
    }

    /** What processes do, by the order of their starts; the first is the control's. */
    static Stream<Arguments> several_processes() {
        String notMet = "step 1 GET /slow was over before";
        return Stream.of(
                arguments(
                        List.of("polite", "rude", "broken"),
                        Result.SKIPPED,
                        "step 1 GET /slow is not answered as usual either when it is only sent as slowly"),
                arguments(
                        List.of("polite", "rude", "quick"),
                        Result.INCONCLUSIVE,
                        "; when it was sent without SIGTERM, " + notMet),
                arguments(
                        List.of("polite", "rude", "polite", "quick"), Result.INCONCLUSIVE, "; another time " + notMet),
                arguments(List.of("polite", "rude", "polite", "polite"), Result.INCONCLUSIVE, "; another time it was"));
    }

    @ParameterizedTest
    @MethodSource("several_processes")
    void only_what_fails_twice_and_is_well_without_the_signal_is_a_failure(
            List<String> processes, Result result, String why) throws Exception {
        AtomicInteger starts = new AtomicInteger();
        try (TestServer manners = new TestServer(_ -> Reply.of(200, processes.get(starts.getAndIncrement())))) {
            CheckOutcome outcome = drain(
                    new Trials(folder)
                            .with("MANNERS", manners.target("manners").address().toString())
                            .web("exec node server.js", """
                                    fetch(process.env.MANNERS).then(answer => answer.text()).then(manner => {
                                      const server = require('http').createServer((request, response) => {
                                        if (request.url === '/') return response.end('ready');
                                        if (manner === 'broken') response.statusCode = 500;
                                        setTimeout(() => response.end('slow'), manner === 'quick' ? 0 : 4000);
                                      });
                                      process.on('SIGTERM', () =>
                                        manner === 'rude' ? process.exit(0) : server.close(() => process.exit(0)));
                                      server.listen(process.env.PORT);
                                    });
                                    """),
                    "GET /slow");

            assertThat(outcome.why()).contains(why);
            assertThat(outcome.result()).isEqualTo(result);
            assertThat(starts.get()).isEqualTo(processes.size());
        }
    }

    private CheckOutcome drain(String ending, String... lines) throws InterruptedException {
        return drain(new Trials(folder).web("exec node server.js", SERVER + ending), lines);
    }

    private CheckOutcome drain(Trials trials, String... lines) throws InterruptedException {
        Scenario scenario = StepLines.read(List.of(lines), folder, List.of());
        try (Lab lab = trials.lab()) {
            return new Draining(lab, scenario, Controls.of(lab, scenario), ACCEPTED).drain();
        }
    }
}
