package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SocketsTest {
    @Test
    void a_message_that_does_not_come_to_another_process_is_a_leak_of_the_socket() throws Exception {
        SimulatedApplication application = application("WEBSOCKET /live", "POST /news", "GET /news");
        application.sockets.put(1, 2);

        Findings findings = investigate(application, "WEBSOCKET /live", "POST /news", "GET /news");

        assertThat(findings.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.cause()).isEqualTo(Cause.SOCKET_REGISTRY);
            assertThat(leak.polluter()).isEqualTo(OptionalInt.of(1));
            assertThat(leak.victim()).isEqualTo(2);
        });
        assertThat(findings.checks().getFirst().result()).isEqualTo(Result.FAILED);
        assertThat(application.runs)
                .as("split and unsplit in turn")
                .extracting(run -> run.broken().map(Run.Break::step).orElse(0))
                .containsExactly(2, 0, 2, 0, 2, 0);
    }

    @Test
    void the_socket_alone_is_elsewhere_with_what_is_sent_on_it() throws Exception {
        String[] steps = {"WEBSOCKET /live", "WEBSOCKET /other", "SEND /live hi", "POST /news"};
        SimulatedApplication application = application(steps);
        application.sockets.put(1, 4);

        investigate(application, steps);

        assertThat(application.runs.getFirst().plan().seats())
                .extracting(seat -> seat.process())
                .containsExactly(1, 0, 1, 0);
    }

    @Test
    void it_is_the_socket_that_hears_nothing_which_is_to_blame() throws Exception {
        String[] steps = {"WEBSOCKET /reader", "WEBSOCKET /writer", "SEND /writer hi", "POST /news"};
        SimulatedApplication application = application(steps);
        application.sockets.put(1, 3);
        application.sockets.put(2, 4);

        Findings findings = investigate(application, steps);

        assertThat(findings.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.polluter()).isEqualTo(OptionalInt.of(1));
            assertThat(leak.victim()).isEqualTo(3);
        });
    }

    @Test
    void what_varies_by_itself_is_learned_and_no_leak() throws Exception {
        SimulatedApplication application = application("WEBSOCKET /live", "POST /news");
        application.sockets.put(1, 2);
        application.lessons = 3;

        Findings findings = investigate(application, "WEBSOCKET /live", "POST /news");

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks().getFirst().result()).isEqualTo(Result.INCONCLUSIVE);
    }

    @Test
    void without_a_socket_or_with_its_own_messages_alone_there_is_nothing_to_try() throws Exception {
        assertThat(investigate(application("GET /a", "POST /b"), "GET /a", "POST /b")
                        .checks())
                .singleElement()
                .extracting(CheckOutcome::why)
                .isEqualTo("no step opens a WebSocket or a stream of events");

        SimulatedApplication echoing = application("WEBSOCKET /live", "SEND /live hi");
        echoing.sockets.put(1, 2);
        assertThat(investigate(echoing, "WEBSOCKET /live", "SEND /live hi").checks())
                .singleElement()
                .extracting(CheckOutcome::result)
                .isEqualTo(Result.SKIPPED);
        assertThat(echoing.runs).isEmpty();
    }

    private static Findings investigate(SimulatedApplication application, String... steps) throws InterruptedException {
        return new Investigation(application, scenario(steps), 3, Duration.ZERO).investigate(Set.of(Check.SOCKETS));
    }

    private static SimulatedApplication application(String... steps) {
        return new SimulatedApplication(scenario(steps));
    }

    private static Scenario scenario(String... steps) {
        return StepLines.read(List.of(steps), Path.of("."), Set.of());
    }
}
