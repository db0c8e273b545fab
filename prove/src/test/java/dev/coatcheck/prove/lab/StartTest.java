package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.isolation.Mechanism;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class StartTest {
    private static final String ANSWERS =
            "require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT);";
    private static final Plan ONE = Plan.together("together", 1);

    /** Starts what nobody can tell whose it is. */
    private static final String STRANGER = "env -i PATH=\"$PATH\" PORT=$PORT STRANGER=yes setsid -f node server.js";

    @TempDir
    Path folder;

    @Test
    void a_debugger_that_listens_long_before_the_application_is_not_taken_for_it() throws Exception {
        String slow = "require('net').createServer(socket => socket.destroy()).listen(0);" + " setTimeout(() => { "
                + ANSWERS + " }, 6000);";

        Run run = new Trials(folder).web("exec node server.js", slow).play(ONE);

        assertThat(run.exchanges()).hasSize(1);
    }

    @Test
    void it_is_inconclusive_when_each_instance_listens_on_another_tcp_port() throws Exception {
        assumeThat(Isolation.probe().hasOwnNetworks()).isTrue();
        Trials trials = new Trials(folder)
                .web("exec node server.js", "require('http').createServer((q, s) => s.end('ok')).listen(0);");
        try (Lab lab = trials.lab()) {
            FixedPortException first = null;
            try (Trial trial = lab.begin(ONE, trials.steps(1), Optional.empty(), 0)) {
                trial.playUpTo(1);
            } catch (FixedPortException e) {
                first = e;
            }
            assertThat(first).isNotNull();
            if (first != null) {
                lab.giveOwnNetworks(first);
            }

            assertThatThrownBy(() -> lab.begin(ONE, trials.steps(1), Optional.empty(), 0))
                    .isInstanceOf(InconclusiveException.class)
                    .hasMessageContaining("let it listen on PORT");
        }
    }

    @Test
    void of_two_processes_on_one_disk_that_insist_on_a_tcp_port_each_answers_for_itself() throws Exception {
        assumeThat(Isolation.probe().hasOwnNetworks()).isTrue();
        Trials trials = new Trials(folder)
                .web(
                        "exec node server.js",
                        "require('http').createServer((q, s) => s.end(String(process.pid))).listen(3457);");
        Plan onOneDisk = Plan.of("one disk", List.of(Seat.at(0), Seat.at(0).inProcess(1)));
        try (Lab lab = trials.lab()) {
            lab.giveOwnNetworks(new FixedPortException("web.1", List.of(3457)));
            try (Trial trial = lab.begin(onOneDisk, trials.steps(2), Optional.empty(), 0)) {
                trial.playUpTo(2);

                assertThat(trial.run().starts())
                        .extracting(Run.Started::layer)
                        .containsOnly(trial.run().starts().getFirst().layer());
                assertThat(trial.run().exchanges())
                        .extracting(
                                exchange -> exchange.response().orElseThrow().text())
                        .hasSize(2)
                        .doesNotHaveDuplicates();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"serve.listen(taken)", "serve.listen(process.env.PORT); createServer(answer).listen(taken)"})
    void a_tcp_port_that_another_program_has_is_free_in_a_network_of_its_own(String listens) throws Exception {
        assumeThat(Isolation.probe().hasOwnNetworks()).isTrue();
        try (ServerSocket another = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Trials trials = new Trials(folder)
                    .web(
                            "exec node server.js",
                            "const {createServer} = require('http'), answer = (q, s) => s.end('mine'), taken = "
                                    + another.getLocalPort() + ", serve = createServer(answer); " + listens + ";");
            try (Lab lab = trials.lab();
                    Trial trial = lab.despiteFixedPorts(
                            () -> lab.begin(ONE, trials.steps(1), Optional.empty(), 0, Manner.USUAL))) {
                trial.playUpTo(1);

                assertThat(firstAnswer(trial)).isEqualTo("mine");
                assertThat(lab.insistenceOnPort()).get(STRING).startsWith("web.1 ");
            }
        }
    }

    @Test
    void a_daemon_is_awaited_and_killed_although_its_starter_has_ended() throws Exception {
        Run run = new Trials(folder)
                .web("sh -c 'node server.js & sleep 0.1'", "setTimeout(() => { " + ANSWERS + " }, 600);")
                .play(ONE.withDeaths(Map.of(1, Death.OF_ALL)));

        assertThat(run.kills()).extracting(Run.Killed::gone).isEqualTo(List.of(true));
        assertThat(run.kills().getFirst().pid())
                .isEqualTo(run.played().getFirst().pid());
    }

    @Test
    void it_is_inconclusive_when_who_answers_was_not_started_here() {
        Trials trials = new Trials(folder)
                .web(STRANGER + "; exec sleep 1000", ANSWERS + " setTimeout(() => process.exit(), 25000);");

        assertThatThrownBy(() -> trials.play(ONE))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining("let the command run the application itself");
    }

    @Test
    void it_is_started_once_more_with_another_port_when_somebody_else_came_to_the_first() throws Exception {
        Trials trials =
                new Trials(folder).web("mkdir met && " + STRANGER + " && exec sleep 1000; exec node server.js", """
                        const stranger = process.env.STRANGER;
                        require('http').createServer((q, s) => s.end(stranger ? 'stranger' : 'own')).listen(process.env.PORT);
                        if (stranger) setTimeout(() => process.exit(), 25000);
                        """);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(ONE, trials.steps(1), Optional.empty(), 0)) {
            trial.playUpTo(1);

            assertThat(firstAnswer(trial)).isEqualTo("own");
            assertThat(lab.notes())
                    .singleElement(STRING)
                    .startsWith("web.1 was started once more, with another TCP port: at TCP port ");
        }
    }

    @Test
    void what_goes_wrong_after_somebody_else_answered_is_told_with_that() {
        Trials trials = new Trials(folder)
                .web(
                        "mkdir met && " + STRANGER + " && exec sleep 1000; echo 'address already in use'; exit 1",
                        ANSWERS + " setTimeout(() => process.exit(), 25000);");

        assertThatThrownBy(() -> trials.play(ONE))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining(
                        "let the command run the application itself; started once more, with another TCP port:")
                .hasMessageContaining("address already in use");
    }

    @Test
    void a_program_that_is_missing_is_told_with_what_the_shell_said() {
        assertThatThrownBy(() -> new Trials(folder)
                        .web("exec no-such-server --port $PORT", "")
                        .play(ONE))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining("exited with status 127, which says that its command was not found")
                .hasMessageMatching("(?s).*its last lines:\\s.*no-such-server.*not found.*");
    }

    @Test
    void a_program_that_no_instance_sees_is_told_as_such(@TempDir Path elsewhere) throws Exception {
        assumeThat(Isolation.probe().mechanism()).isNotEqualTo(Mechanism.COPY);
        Path server = Files.createFile(elsewhere.resolve("server"));
        Files.writeString(server, "#!/bin/sh\nexec sleep 100\n");
        assertThat(server.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> new Trials(folder)
                        .web("exec " + server + " --port 1", "")
                        .play(ONE))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining("; " + server + ", which its command names, is not there for it")
                .hasMessageContaining("keep what it runs in the application's folder");
    }

    @Test
    void a_library_that_no_instance_sees_is_told_as_such(@TempDir Path elsewhere) throws Exception {
        assumeThat(Isolation.probe().mechanism()).isNotEqualTo(Mechanism.COPY);
        Files.writeString(elsewhere.resolve("shop.js"), ANSWERS);

        assertThatThrownBy(() -> new Trials(folder)
                        .with("NODE_PATH", elsewhere.toString())
                        .web("exec node server.js", "require('shop')")
                        .play(ONE))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining("; " + elsewhere + ", which NODE_PATH names, is not there for it");
    }

    private static String firstAnswer(Trial trial) {
        return trial.run().exchanges().getFirst().response().orElseThrow().text();
    }
}
