package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HearingTest {
    private static final String RUN = "{{run}}";

    /** What is heard after one of the steps, of which the first opens the socket. */
    private record After(int step, String text) {}

    @Test
    void what_was_told_in_each_run_is_missed_where_it_does_not_come() {
        Control control = control(run -> List.of(new After(2, "{\"said\":\"hi\",\"by\":\"r" + run + "aaaaa\"}")));

        assertThat(control.told()).containsExactly(new Told(1, 2, true));
        assertThat(missing(control, 7, 1)).isEmpty();
        assertThat(missing(control, 7, 2))
                .containsExactly("the socket of step 1 hears \"{\"said\":\"hi\",\"by\":\"‹{{run}}›\"}\" in the control,"
                        + " nothing of it in the fleet");
        assertThat(missing(control, 7, 2, "{\"said\":\"hi\",\"by\":\"r7aaaaa\"}"))
                .isEmpty();
    }

    @Test
    void a_message_of_another_run_or_with_another_text_is_not_the_one_that_is_due() {
        Control control = control(run -> List.of(new After(2, "{\"said\":\"hi\",\"by\":\"r" + run + "aaaaa\"}")));

        assertThat(missing(control, 7, 2, "{\"said\":\"hi\",\"by\":\"r8aaaaa\"}"))
                .singleElement()
                .asString()
                .endsWith("\"{\"said\":\"hi\",\"by\":\"r8aaaaa\"}\" in the fleet");
    }

    @Test
    void what_comes_beside_and_in_which_order_does_not_matter() {
        Control control = control(run -> List.of(new After(2, "one"), new After(2, "two")));

        assertThat(missing(control, 7, 2, "tick 17", "two", "one")).isEmpty();
        assertThat(missing(control, 7, 2, "two", "two")).hasSize(1);
    }

    @Test
    void a_message_that_is_sometimes_late_is_due_when_it_was_there_in_each_run() {
        Control control = control(run -> List.of(new After(run == 2 ? 3 : 2, "ready")));

        assertThat(missing(control, 7, 2)).isEmpty();
        assertThat(missing(control, 7, 3)).hasSize(1);
    }

    @Test
    void what_not_every_run_has_heard_is_not_asked_for() {
        Control control = control(run ->
                IntStream.range(0, run).mapToObj(_ -> new After(2, "beat")).toList());

        assertThat(missing(control, 7, 2, "beat")).isEmpty();
        assertThat(missing(control, 7, 2)).hasSize(1);
    }

    @Test
    void a_run_that_missed_something_unsplit_teaches_that_it_may_be_missing() {
        Control control = control(run -> List.of(new After(2, "beat"), new After(3, "end")));

        Control taught = control.with(run(9, 2, List.of()));

        assertThat(missing(taught, 7, 2)).isEmpty();
        assertThat(missing(taught, 7, 3)).hasSize(1);
    }

    @Test
    void of_messages_alike_to_the_letter_those_remain_that_each_run_has_heard() {
        Control control = control(run -> List.of(new After(2, "changed"), new After(3, "changed")));

        Control taught = control.with(run(9, 2, List.of()));

        assertThat(control.told()).extracting(Told::after).containsExactly(2, 3);
        assertThat(taught.told()).extracting(Told::after).containsExactly(3);
        assertThat(missing(taught, 7, 3)).hasSize(1);
    }

    @Test
    void a_run_that_heard_it_late_teaches_that_it_is_late() {
        Control control = control(run -> List.of(new After(2, "ready")));
        List<Exchange> late = run(9, 2, List.of());
        late.set(1, late.get(1).hearing(List.of(new Message(1, "", "ready", Instant.EPOCH.plusSeconds(7)))));

        Control taught = control.with(late);

        assertThat(taught.told()).extracting(Told::after).containsExactly(2);
        assertThat(taught.heardWithin()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void what_only_its_shape_tells_leaves_to_others_what_they_need() {
        Control control = control(run -> List.of(new After(2, "x%d".formatted(7 * run)), new After(3, "y15")));

        assertThat(missing(control, 7, 2, "y15", "x99")).isEmpty();
        assertThat(missing(control, 7, 3, "y15", "x99")).isEmpty();
        assertThat(missing(control, 7, 3, "y15")).hasSize(1);
    }

    @Test
    void an_id_is_given_out_by_the_message_that_has_it_and_by_no_other_that_was_looked_at() {
        Control control = control(run -> List.of(
                new After(2, "{\"kind\":\"a\",\"noteId\":" + (10 * run) + "}"),
                new After(2, "{\"kind\":\"b\",\"noteId\":" + (10 * run + 1) + "}")));

        assertThat(missing(control, 7, 3, "{\"kind\":\"b\",\"noteId\":5}", "{\"kind\":\"a\",\"noteId\":4}"))
                .isEmpty();
    }

    @Test
    void messages_are_compared_by_their_structure_whatever_they_are_wrapped_in() {
        for (String wrapped : List.of(
                "42/live,7[\"said\",{\"by\":\"%s\",\"at\":%d}]",
                "a[\"{\\\"by\\\":\\\"%s\\\",\\\"at\\\":%d}\"]",
                "{\"identifier\":\"{\\\"by\\\":\\\"%s\\\"}\",\"at\":%d}",
                "MESSAGE\nby:%s\ncontent-length:12\n\n{\"at\":%d}\u0000")) {
            Control control = control(run -> List.of(
                    new After(2, wrapped.formatted("r" + run + "aaaaa", 1_700_000_000 + 17 * run)),
                    new After(2, wrapped.formatted("nobody", 1))));

            String mine = wrapped.formatted("r7aaaaa", 1_700_009_999);
            String nobodys = wrapped.formatted("nobody", 1);
            assertThat(missing(control, 7, 2, nobodys, mine)).as(mine).isEmpty();
            assertThat(missing(control, 7, 2, mine)).as(mine).hasSize(1);
            assertThat(missing(control, 7, 2, nobodys, wrapped.formatted("r8aaaaa", 1_700_009_999)))
                    .as(mine)
                    .hasSize(1);
        }
    }

    @Test
    void beats_are_told_apart_by_coming_when_nobody_has_done_anything() {
        Control control = Control.learn(IntStream.rangeClosed(1, 3)
                .mapToObj(run -> run(
                        run,
                        4,
                        List.of(
                                new After(1, "beat 1700000001, number " + run),
                                new After(3, "beat 1700000009, number " + (run + 17)),
                                new After(3, "news"))))
                .toList());

        assertThat(control.told())
                .containsExactlyInAnyOrder(new Told(1, 1, true), new Told(1, 3, true), new Told(1, 3, false));
    }

    @Test
    void what_varies_keeps_its_shape() {
        Control control = control(run -> List.of(new After(2, "{\"at\":" + (1_700_000_000 + 17 * run) + "}")));

        assertThat(missing(control, 7, 2, "{\"at\":1700009999}")).isEmpty();
        assertThat(missing(control, 7, 2, "{\"at\":\"never\"}")).hasSize(1);
    }

    @Test
    void what_gives_access_is_not_shown() {
        for (String secret : List.of(
                "{\"session\":{\"token\":\"abcdef\"}}",
                "42[\"joined\",{\"token\":\"abcdef\"}]",
                "42[\"authenticated\",\"abcdef\"]",
                "a[\"{\\\"accessToken\\\":\\\"abcdef\\\"}\"]",
                "{\"type\":1,\"arguments\":[{\"password\":\"abcdef\"}]}",
                "{\"session\":{\"id\":\"abcdef\"}}",
                "{\"token\":{\"value\":\"abcdef\"}}",
                "42[\"auth\",{\"key\":\"abcdef\"}]",
                "{\"url\":\"/verify?token=abcdef\"}",
                "42[\"message\",\"Authorization: Bearer abcdef\"]",
                "token=abcdef {\"a\":1}",
                "{\"token\":\"abcdef\"}\n{\"a\":1}",
                "{\"a\":\"{\\\"token\\\":\\\"abcdef",
                "user[password]=abcdef",
                "otp=abcdef",
                "pin: abcdef",
                "CONNECT\nlogin:ann\npasscode:abcdef\n\n\u0000",
                "MESSAGE\nAuthorization:Bearer abcdef\n\n\u0000",
                "a[\"MESSAGE\\nX-Auth-Token:abcdef\\n\\n{}\\u0000\"]",
                "Authorization: Bearer abcdef",
                "welcome token=abcdef")) {
            Control control = control(run -> List.of(new After(2, secret)));

            assertThat(missing(control, 7, 2))
                    .as(secret)
                    .singleElement()
                    .asString()
                    .contains("…")
                    .doesNotContain("abcdef");
        }
    }

    @Test
    void what_an_event_tells_that_is_called_a_secret_is_not_shown() {
        assertThat(Hearing.shown(new Message(1, "session", "abcdef", Instant.EPOCH)))
                .isEqualTo("session: …");
    }

    @Test
    void long_texts_without_a_break_are_shown_as_soon_as_others() {
        for (String long64 : List.of("a", "-", "token", "token=", "ABC\n\n")) {
            Message message = message(long64.repeat((64 << 10) / long64.length()));

            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> {
                        assertThat(Hearing.shown(message)).isNotEmpty();
                        assertThat(Hearing.kind(message)).isNotEmpty();
                        assertThat(Hearing.tree(message).toString()).isNotEmpty();
                    },
                    long64);
        }
    }

    @Test
    void for_which_answer_an_event_of_socket_io_asks_each_process_counts_for_itself() {
        for (String before : List.of("42", "42/live,", "451-", "451-/live,")) {
            Control asks = control(run -> List.of(new After(2, before + "0[\"ask\",1]")));

            assertThat(missing(asks, 7, 2, before + "1[\"ask\",1]")).as(before).isEmpty();
            assertThat(missing(asks, 7, 2, before + "1[\"ask\",2]")).as(before).hasSize(1);
        }
        Control answers = control(run -> List.of(new After(2, "430[\"said\"]")));
        assertThat(missing(answers, 7, 2, "431[\"said\"]")).hasSize(1);
    }

    @Test
    void a_random_name_without_a_digit_is_no_message_of_another_kind() {
        List<String> random = List.of("V1StGXR8_Z5jdHi6B-my", "abcdefGHIJKLmnopqrST", "Uakgb_J5m9g-0JDMbcJqL");
        Control control = control(run -> List.of(new After(2, "42[\"joined\",\"" + random.get(run - 1) + "\"]")));

        assertThat(control.told()).hasSize(1);
        assertThat(missing(control, 7, 2, "42[\"joined\",\"Xk3tGXR8_Z5jdHi6B-mz\"]"))
                .isEmpty();
        assertThat(missing(control, 7, 2, "42[\"left\",\"Xk3tGXR8_Z5jdHi6B-mz\"]"))
                .hasSize(1);
    }

    @Test
    void messages_of_which_little_is_alike_and_not_as_many_in_each_run_are_not_asked_for() {
        List<String> random = List.of("cpu", "memory", "disk");
        Control control = control(run -> random.subList(0, run).stream()
                .map(each -> new After(2, "{\"type\":\"" + each + "x".repeat(run) + "\"}"))
                .toList());

        assertThat(control.told()).isEmpty();
    }

    @Test
    void what_a_run_has_drawn_keeps_no_message_from_being_the_same() {
        List<String> drawn = List.of("rabcdef", "r1b2c3d", "r12bcde");
        List<List<Exchange>> runs = IntStream.range(0, 3)
                .mapToObj(run -> List.of(
                        exchange(drawn.get(run), 1),
                        exchange(drawn.get(run), 2).hearing(List.of(message("hello " + drawn.get(run))))))
                .toList();

        assertThat(Control.learn(runs).told()).containsExactly(new Told(1, 2, true));
    }

    @Test
    void of_thousands_that_are_alike_the_one_that_is_missing_is_soon_known() {
        int many = 5_000;
        Control control = control(run -> Collections.nCopies(many, new After(2, "beat")));
        String[] beats = Collections.nCopies(many - 1, "beat").toArray(String[]::new);

        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            assertThat(missing(control, 7, 2, beats)).hasSize(1);
        });
    }

    @Test
    void how_much_of_a_stream_has_come_when_it_is_seen_to_go_on_says_nothing() {
        Exchange whole = stream(false, "data: 10%\n\ndata: 20%\n\n");
        Exchange open = stream(true, "");

        assertThat(Control.learn(List.of(List.of(whole), List.of(open), List.of(open)))
                        .differences(List.of(stream(false, "data: done\n\n"))))
                .isEmpty();
        Control always = Control.learn(Collections.nCopies(3, List.of(whole)));
        assertThat(always.differences(List.of(stream(false, "data: 10%\n\n")))).hasSize(1);
        assertThat(always.comparison().next(open, false))
                .as("what it ends with may wait for the lease of a worker that was killed")
                .isEmpty();
    }

    @Test
    void a_stream_that_ends_in_each_run_and_never_in_the_fleet_differs_as_one_does_that_never_ends() {
        Exchange whole = stream(false, "data: 10%\n\ndata: done\n\n");
        Exchange open = stream(true, "");
        Control ends = Control.learn(Collections.nCopies(3, List.of(whole)));

        assertThat(ends.differences(List.of(open))).hasSize(1);
        assertThat(Control.learn(Collections.nCopies(3, List.of(open))).differences(List.of(whole)))
                .hasSize(1);

        Control taught = ends.with(List.of(open));
        assertThat(taught.differences(List.of(open))).isEmpty();
        assertThat(taught.differences(List.of(whole))).isEmpty();
        assertThat(taught.varyingInKind())
                .as("whether it ends just before is by chance, and nothing that was forgotten")
                .isEmpty();
    }

    private static Exchange stream(boolean opened, String body) {
        Exchange plain = exchange(1, 1);
        Header type = new Header("Content-Type", "text/event-stream");
        Response response = new Response(200, List.of(type), Content.of(body.getBytes(StandardCharsets.UTF_8)));
        return new Exchange(
                plain.step(),
                plain.target(),
                new Outcome.Answered(new SentRequest("GET", "/", List.of(), ""), response),
                List.of(),
                Map.of(),
                1,
                Instant.EPOCH,
                Duration.ZERO,
                opened,
                List.of());
    }

    private static Control control(IntFunction<List<After>> heard) {
        return Control.learn(IntStream.rangeClosed(1, 3)
                .mapToObj(run -> run(run, 3, heard.apply(run)))
                .toList());
    }

    private static List<Exchange> run(int run, int steps, List<After> heard) {
        List<Exchange> exchanges = new ArrayList<>();
        for (int number = 1; number <= steps; number++) {
            int step = number;
            exchanges.add(exchange(run, number)
                    .hearing(heard.stream()
                            .filter(after -> after.step() == step)
                            .map(after -> message(after.text()))
                            .toList()));
        }
        return exchanges;
    }

    private static List<String> missing(Control control, int run, int step, String... heard) {
        Comparison comparison = control.comparison();
        for (int number = 1; number <= step; number++) {
            assertThat(comparison.next(exchange(run, number))).isEmpty();
        }
        return comparison
                .unheard(step, List.of(heard).stream().map(HearingTest::message).toList())
                .stream()
                .map(Difference::toString)
                .toList();
    }

    private static Message message(String text) {
        return new Message(1, "", text, Instant.EPOCH);
    }

    private static Exchange exchange(int run, int number) {
        return exchange("r" + run + "aaaaa", number);
    }

    private static Exchange exchange(String drawn, int number) {
        // All but the third only read.
        String line = number == 3 ? "POST /" : "GET /";
        List<Step> steps = StepLines.read(Collections.nCopies(number, line), Path.of("."), Set.of())
                .steps();
        Outcome answered = new Outcome.Answered(
                new SentRequest("GET", "/", List.of(), ""), new Response(200, List.of(), Content.of(new byte[0])));
        return new Exchange(
                steps.getLast(),
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                answered,
                List.of(),
                Map.of(RUN, drawn),
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
