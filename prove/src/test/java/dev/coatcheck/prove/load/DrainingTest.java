package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Trials;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class DrainingTest {
    /** Answers at once what comes to /early, reads the rest, and takes its time for /slow. */
    private static final String SERVER = """
            const server = require('http').createServer((request, response) => {
              if (request.url === '/early') return response.end('early');
              if (request.url === '/slow') return setTimeout(() => response.end('slow'), 1500);
              request.resume().on('end', () => response.end('read'));
            });
            server.listen(process.env.PORT);
            """;

    private static final String GRACEFUL = "process.on('SIGTERM', () => server.close(() => process.exit(0)));";
    private static final String RUDE = "process.on('SIGTERM', () => process.exit(0));";

    @TempDir
    Path folder;

    @Test
    void a_step_that_is_answered_before_its_body_has_come_is_not_met_and_the_others_are() throws Exception {
        CheckOutcome outcome = drain(GRACEFUL, "POST /early x=1", "POST /notes text=hello", "GET /slow");

        assertThat(outcome.why())
                .isEqualTo(
                        "of 2 requests that SIGTERM met under way, each was answered as in the control; not met: step 1"
                                + " POST /early was answered before its body had come");
        assertThat(outcome.result()).isEqualTo(Result.PASSED);
    }

    @Test
    void a_handler_that_never_waits_for_a_body_says_nothing_of_a_process_that_drops_all() throws Exception {
        CheckOutcome outcome = drain(RUDE, "POST /early x=1", "GET /");

        assertThat(outcome.result()).isEqualTo(Result.SKIPPED);
        assertThat(outcome.why()).contains("no request was under way", "step 1 POST /early was answered before");
    }

    @Test
    void a_step_that_takes_a_while_is_met_in_its_middle() throws Exception {
        CheckOutcome outcome = drain(RUDE, "GET /", "GET /slow");

        assertThat(outcome.why()).startsWith("step 2 GET /slow was under way when SIGTERM came");
        assertThat(outcome.result()).isEqualTo(Result.FAILED);
    }

    private CheckOutcome drain(String ending, String... lines) throws InterruptedException {
        Scenario scenario = StepLines.read(List.of(lines), folder, List.of());
        try (Lab lab =
                new Trials(folder).web("exec node server.js", SERVER + ending).lab()) {
            Control control = Controls.of(lab, scenario);
            return new Draining(lab, scenario, control).drain();
        }
    }
}
