package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Trials;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Beside what the corpus shows: a roll that loses something, and one that does not. */
@Execution(ExecutionMode.CONCURRENT)
class ChangeTest {
    @TempDir
    Path folder;

    @Test
    void a_roll_under_which_nobody_could_come_to_an_end_says_nothing() throws Exception {
        // The first process answers so often as it is learned from; whoever comes later has asked too often.
        CheckOutcome outcome = roll("exec node server.js", """
                let asked = 0;
                const first = process.env.COATCHECK_INSTANCE === 'web.1';
                require('http').createServer((request, response) => {
                  if (request.method === 'GET' && request.url === '/me' && !(first && ++asked <= 4)) response.statusCode = 429;
                  response.end('ok');
                }).listen(process.env.PORT);
                """);

        assertThat(outcome.why())
                .contains(
                        "ended with 429 Too Many Requests",
                        "never compared, for want of an answer without a change or under it: step 2",
                        "no conversation came to its end");
        assertThat(outcome.result()).isEqualTo(Result.INCONCLUSIVE);
    }

    @Test
    void processes_that_need_a_tcp_port_besides_get_networks_of_their_own_also_when_that_shows_in_the_roll()
            throws Exception {
        CheckOutcome outcome = roll("exec node server.js", """
                require('net').createServer().listen(process.env.METRICS, () =>
                  require('http').createServer((request, response) => response.end('ok')).listen(process.env.PORT));
                """);

        assertThat(outcome.why()).startsWith("none of ").contains(" conversations broke");
        assertThat(outcome.result()).isEqualTo(Result.PASSED);
    }

    private CheckOutcome roll(String command, String server) throws Exception {
        Scenario scenario = StepLines.read(List.of("POST /login name=ann", "GET /me"), folder, List.of());
        Trials trials = new Trials(folder)
                .with("METRICS", Integer.toString(TcpPorts.free()))
                .web(command, server);
        try (Lab lab = trials.lab()) {
            return new Change(lab, scenario, Controls.of(lab, scenario), 1, Duration.ZERO, List.of()).roll();
        }
    }
}
