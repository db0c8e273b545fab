package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void what_a_socket_is_greeted_with_may_be_of_what_was_done_elsewhere_before() throws Exception {
        String[] steps = {"POST /messages", "WEBSOCKET /chat", "GET /messages"};
        SimulatedApplication application = application(steps);
        application.sockets.put(2, 2);
        application.greetings.put(2, 1);

        Findings findings = investigate(application, steps);

        assertThat(findings.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.cause()).isEqualTo(Cause.UNKNOWN);
            assertThat(leak.polluter()).isEqualTo(OptionalInt.of(1));
            assertThat(leak.victim()).isEqualTo(2);
        });
    }

    @Test
    void a_greeting_alone_that_comes_shows_little() throws Exception {
        String[] steps = {"POST /messages", "WEBSOCKET /chat"};
        SimulatedApplication application = application(steps);
        application.sockets.put(2, 2);
        application.everywhere = true;

        assertThat(passed(application, steps)).contains("as a greeting does");
    }

    @Test
    void of_two_sockets_that_miss_each_other_the_second_costs_one_run_more() throws Exception {
        String[] steps = {"WEBSOCKET /ann hi", "WEBSOCKET /bob hi"};
        SimulatedApplication application = application(steps);
        application.sockets.put(1, 2);
        application.sockets.put(2, 2);
        application.greetings.put(2, 1);

        assertThat(investigate(application, steps).leaks())
                .singleElement()
                .extracting(Leak::polluter)
                .isEqualTo(OptionalInt.of(1));
        assertThat(application.runs).hasSize(2 * Confirmation.ROUNDS + 1);
    }

    @Test
    void what_varies_by_itself_is_learned_and_no_leak() throws Exception {
        SimulatedApplication application = application("WEBSOCKET /live", "POST /news");
        application.sockets.put(1, 2);
        application.lessons = 10;

        Findings findings = investigate(application, "WEBSOCKET /live", "POST /news");

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks().getFirst().result()).isEqualTo(Result.INCONCLUSIVE);
    }

    @Test
    void where_nothing_is_left_that_has_to_come_nothing_is_known() throws Exception {
        SimulatedApplication application = application("WEBSOCKET /live", "POST /news");
        application.sockets.put(1, 2);
        application.varying.add(1);
        application.lessons = 1;

        Findings findings = investigate(application, "WEBSOCKET /live", "POST /news");

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).singleElement().satisfies(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.INCONCLUSIVE);
            assertThat(outcome.why()).contains("nothing came each time");
        });
    }

    @Test
    void an_answer_that_varies_in_one_process_as_well_keeps_nothing_from_being_heard() throws Exception {
        String[] steps = {"WEBSOCKET /live", "POST /photos", "GET /photos", "POST /news"};
        SimulatedApplication clean = application(steps).step(3, (world, seat, lane) -> false);
        clean.sockets.put(1, 4);
        clean.everywhere = true;
        SimulatedApplication leaking = application(steps).step(3, (world, seat, lane) -> false);
        leaking.sockets.put(1, 4);

        assertThat(passed(clean, steps)).isEmpty();
        assertThat(investigate(clean, steps).notes()).anyMatch(note -> note.contains("of what step 3 answers nothing"));
        assertThat(investigate(leaking, steps).leaks())
                .singleElement()
                .extracting(Leak::victim)
                .isEqualTo(4);
    }

    @Test
    void an_answer_that_another_process_alone_gives_is_what_other_checks_are_for() throws Exception {
        String[] steps = {"WEBSOCKET /live", "POST /news"};
        SimulatedApplication application = application(steps)
                .step(1, (world, seat, lane) -> {
                    world.memory(seat).add("session");
                    return true;
                })
                .step(2, (world, seat, lane) -> world.memory(seat).contains("session"));
        application.sockets.put(1, 2);

        Findings findings = investigate(application, steps);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks()).singleElement().satisfies(outcome -> {
            assertThat(outcome.result()).isEqualTo(Result.INCONCLUSIVE);
            assertThat(outcome.why()).contains("step 2 is answered otherwise");
        });
    }

    @Test
    void what_was_not_tried_is_said_of_a_check_that_passed() throws Exception {
        String[] steps = Stream.concat(
                        IntStream.rangeClosed(1, 9).mapToObj(socket -> "WEBSOCKET /live/" + socket),
                        Stream.of("POST /news"))
                .toArray(String[]::new);
        SimulatedApplication application = application(steps);
        IntStream.rangeClosed(1, 9).forEach(socket -> application.sockets.put(socket, 10));
        application.everywhere = true;

        assertThat(passed(application, steps))
                .contains("of 9 sockets that hear something, the first 8 alone were tried");
        assertThat(application.runs).hasSize(8);
    }

    @Test
    void beats_alone_show_little() throws Exception {
        SimulatedApplication application = application("WEBSOCKET /live", "POST /news");
        application.sockets.put(1, 2);
        application.everywhere = true;

        assertThat(passed(application, "WEBSOCKET /live", "POST /news")).isEmpty();

        application.beating.add(1);
        assertThat(passed(application, "WEBSOCKET /live", "POST /news")).contains("as a beat does");
    }

    @Test
    void a_socket_is_named_by_its_query_as_well() throws Exception {
        Scenario scenario = HurlReader.read(Path.of("live.hurl"), """
                GET http://localhost/live
                Upgrade: websocket
                [Query]
                room: a

                GET http://localhost/live
                Upgrade: websocket
                [Query]
                room: b

                SEND http://localhost/live
                [Query]
                room: a
                ```
                hi
                ```

                POST http://localhost/news
                """, Set.of());
        SimulatedApplication application = new SimulatedApplication(scenario);
        application.sockets.put(1, 4);
        application.everywhere = true;

        new Investigation(application, scenario, 3, Duration.ZERO).investigate(Set.of(Check.SOCKETS));

        assertThat(application.runs.getFirst().plan().seats())
                .extracting(seat -> seat.process())
                .containsExactly(1, 0, 1, 0);
    }

    @Test
    void what_is_told_where_the_socket_is_for_a_known_leak_shows_nothing() throws Exception {
        String[] steps = {"WEBSOCKET /live", "POST /login", "GET /me"};
        SimulatedApplication application = application(steps);
        application.sockets.put(1, 2);

        for (Allowances known : List.of(Allowances.NONE.repeating(2), Allowances.NONE.tying(List.of(1, 2)))) {
            Findings findings = new Investigation(application, Extended.none(scenario(steps)), 3, Duration.ZERO, known)
                    .investigate(Set.of(Check.SOCKETS));

            assertThat(findings.checks())
                    .singleElement()
                    .extracting(CheckOutcome::result)
                    .isEqualTo(Result.INCONCLUSIVE);
        }
        assertThat(application.runs).isEmpty();
    }

    private static String passed(SimulatedApplication application, String... steps) throws InterruptedException {
        CheckOutcome outcome = investigate(application, steps).checks().getFirst();
        assertThat(outcome.result()).isEqualTo(Result.PASSED);
        return outcome.why();
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
