package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
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

        assertThat(control.heard()).isEqualTo(Map.of(1, Set.of(2)));
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
    void what_varies_keeps_its_shape() {
        Control control = control(run -> List.of(new After(2, "{\"at\":" + (1_700_000_000 + 17 * run) + "}")));

        assertThat(missing(control, 7, 2, "{\"at\":1700009999}")).isEmpty();
        assertThat(missing(control, 7, 2, "{\"at\":\"never\"}")).hasSize(1);
    }

    @Test
    void what_gives_access_is_not_shown() {
        Control control = control(run -> List.of(new After(2, "{\"session\":{\"token\":\"abcdef\"}}")));

        assertThat(missing(control, 7, 2)).singleElement().asString().doesNotContain("abcdef");
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
        List<Step> steps = StepLines.read(Collections.nCopies(number, "/"), Path.of("."), Set.of())
                .steps();
        Outcome answered = new Outcome.Answered(
                new SentRequest("GET", "/", List.of(), ""), new Response(200, List.of(), Content.of(new byte[0])));
        return new Exchange(
                steps.getLast(),
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                answered,
                List.of(),
                Map.of(RUN, "r" + run + "aaaaa"),
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
