package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.isolation.Isolation;
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
        assumeTrue(Isolation.probe().hasOwnNetworks());
        CheckOutcome outcome = roll("exec node server.js", """
                require('net').createServer().listen(process.env.METRICS, () =>
                  require('http').createServer((request, response) => response.end('ok')).listen(process.env.PORT));
                """);

        assertThat(outcome.why()).startsWith("none of ").contains(" conversations broke");
        assertThat(outcome.result()).isEqualTo(Result.PASSED);
    }

    /**
     * What processes do, by the order of their starts: the control's, two of the roll, one without a change, two of the second
     * roll, one without a change again.
     */
    static Stream<Arguments> several_processes() {
        String so = "; but so it went with ";
        return Stream.of(
                arguments(List.of("well", "well", "slow broken", "late broken"), so),
                arguments(List.of("well", "well", "broken", "dead"), "; it could not be confirmed: "),
                arguments(
                        List.of("well", "well", "broken", "well", "well", "well"),
                        "; when it was done again, none did"),
                arguments(List.of("well", "well", "broken", "well", "well", "slow broken", "late broken"), so));
    }

    @ParameterizedTest
    @MethodSource("several_processes")
    void what_fails_with_a_change_is_told_of_it_only_where_it_does_so_each_time_and_never_without(
            List<String> processes, String why) throws Exception {
        AtomicInteger starts = new AtomicInteger();
        try (TestServer manners = new TestServer(_ -> Reply.of(200, processes.get(starts.getAndIncrement())))) {
            Trials trials = new Trials(folder)
                    .with("MANNERS", manners.target("manners").address().toString())
                    .web("exec node server.js", """
                            let asked = 0;
                            fetch(process.env.MANNERS).then(answer => answer.text()).then(manner => {
                              if (manner === 'dead') process.exit(1);
                              // Late: when it has been learned from, and in less time than the slow one took to start.
                              const server = require('http').createServer((request, response) => {
                                if (request.url === '/') return response.end('ready');
                                if (/^(slow )?broken/.test(manner) || manner === 'late broken' && ++asked > 140)
                                  response.statusCode = 500;
                                response.end('ok');
                              });
                              setTimeout(() => server.listen(process.env.PORT), /^slow/.test(manner) ? 12000 : 0);
                            });
                            """);
            CheckOutcome outcome = roll(trials);

            assertThat(outcome.why()).contains(" requests failed, or were answered in another way: step ", why);
            assertThat(outcome.result()).isEqualTo(Result.INCONCLUSIVE);
            assertThat(starts.get()).isEqualTo(processes.size());
        }
    }

    private CheckOutcome roll(String command, String server) throws Exception {
        return roll(new Trials(folder)
                .with("METRICS", Integer.toString(TcpPorts.free()))
                .web(command, server));
    }

    private CheckOutcome roll(Trials trials) throws Exception {
        Scenario scenario = StepLines.read(List.of("POST /login name=ann", "GET /me"), folder, List.of());
        try (Lab lab = trials.lab()) {
            return new Change(lab, scenario, Controls.of(lab, scenario), 1, Duration.ZERO, List.of()).roll();
        }
    }
}
