package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.report.RunRecord.Start;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import dev.coatcheck.prove.report.RunRecord.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** The two pictures of a leak: the same requests in one process, and in several. */
class HtmlPicturesTest {
    private static final List<String> REQUESTS = List.of("POST /login", "GET /me", "POST /logout");

    @Test
    void a_leak_of_a_longer_conversation_is_drawn_beside_the_same_requests_in_one_process() {
        Document page = revocation();

        assertThat(steps(page, ".kept")).isEqualTo(steps(page, ".missed"));
        assertThat(answers(page, ".kept")).containsExactly("200", "200", "200", "401 ×3");
        assertThat(answers(page, ".missed")).containsExactly("200", "200", "200", "401", "200 ✗", "200 ✗");
        assertThat(page.select(".leak .kept figcaption").text())
                .isEqualTo("The same requests, all in one process run 3");
    }

    @Test
    void every_wrong_answer_is_marked_with_what_was_expected() {
        Document page = revocation();

        assertThat(page.select(".leak .missed .differs .note").eachText())
                .containsExactly("expected 401", "expected 401");
        assertThat(page.select(".leak .kept .differs")).isEmpty();
    }

    @Test
    void an_arrow_leads_from_what_came_first_to_the_first_wrong_answer() {
        Document page = revocation();

        // From the third row, first lane, to the fourth row, second lane.
        assertThat(page.select(".leak .missed .arrow").attr("d"))
                .startsWith("M74 135")
                .endsWith(" 102 189");
        assertThat(page.select(".leak .missed .strip").text()).contains("still accepts what was revoked");
    }

    @Test
    void a_leak_of_one_step_has_no_arrow_and_nothing_that_speaks_of_one() {
        Document page = counter();

        assertThat(page.select(".leak .arrow, .leak .role")).isEmpty();
        assertThat(page.select(".leak .strip").eachText()).noneMatch(words -> words.contains("arrow"));
    }

    @Test
    void answers_that_are_alike_share_a_row() {
        Document page = counter();

        assertThat(answers(page, ".kept")).containsExactly("401 ×5", "429 ×10");
        assertThat(answers(page, ".missed"))
                .containsExactly("401 ×2", "401 ×2", "401", "401 ✗ ×4", "401 ✗ ×3", "401 ✗ ×3");
    }

    @Test
    void a_picture_shows_eight_rows_at_most_and_the_two_steps_are_among_them() {
        List<String> requests = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            requests.add("GET /" + i);
        }
        List<StepRun> single = new ArrayList<>();
        List<StepRun> split = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            single.add(step(requests, i, 1, "200", Optional.empty()));
            split.add(step(requests, i, i == 30 ? 2 : 1, i == 30 ? "404" : "200", differing(i == 30)));
        }
        Document page = page(requests, Cause.MEMORY, 2, 30, "spread", single, split);

        Element missed = page.expectFirst(".leak .missed");
        assertThat(missed.select(".step").eachText())
                .containsExactly(
                        "1 GET /1",
                        "2 GET /2 writes",
                        "3 GET /3",
                        "4 GET /4",
                        "… 23 more requests",
                        "28 GET /28",
                        "29 GET /29",
                        "30 GET /30 reads");
        assertThat(page.select(missed.select("figcaption a").attr("href")).select(".step"))
                .as("the run itself, with all of them")
                .hasSize(30);
    }

    @Test
    void a_socket_that_hears_nothing_is_what_is_wrong_and_not_the_answer_to_who_spoke() {
        List<String> requests = List.of("WEBSOCKET /chat", "WEBSOCKET /chat");
        Document page = page(
                requests,
                Cause.SOCKET_REGISTRY,
                1,
                2,
                "sockets",
                List.of(step(requests, 1, 1, "101", Optional.empty()), step(requests, 2, 1, "101", Optional.empty())),
                List.of(
                        step(requests, 1, 2, "101", Optional.empty()),
                        new StepRun(
                                ref(requests, 2),
                                "web.1",
                                1,
                                Duration.ofMillis(20),
                                Duration.ofMillis(1),
                                "101",
                                Optional.of("the socket of step 1 hears nothing"),
                                Optional.of("\"{\"joined\":\"Bob\"}\""),
                                false)));

        Element wrong = page.expectFirst(".leak .missed .differs");
        assertThat(page.select(".leak .missed .differs")).hasSize(1);
        assertThat(wrong.text()).isEqualTo("✗ hears nothing");
        assertThat(wrong.attr("style"))
                .as("the row of step 2, the lane of web.2")
                .isEqualTo("grid-row:3;grid-column:3");
        assertThat(page.select(".leak .kept .strip").text())
                .isEqualTo("After step 2, the socket of step 1 hears {\"joined\":\"Bob\"}.");
        assertThat(page.select(".leak .missed .strip").text())
                .isEqualTo("After step 2, the socket of step 1 hears nothing of {\"joined\":\"Bob\"}.");
    }

    @Test
    void only_what_a_leak_is_told_by_has_to_be_tabbed_to() {
        Document page = revocation();

        assertThat(page.select(".cell[tabindex]"))
                .hasSize(5)
                .allMatch(cell -> cell.closest(".leak") != null)
                .allMatch(cell -> cell.attr("aria-label").matches("Step [23], .*"));
        assertThat(page.select(".missed .cell[tabindex]").get(1).attr("aria-label"))
                .startsWith("Step 2, GET /me: web.2, process 2, answered 200 ")
                .endsWith(" Expected 401.");
        assertThat(page.select(".cell[role=img]")).allMatch(cell -> cell.hasAttr("aria-label"));
    }

    @Test
    void the_place_names_an_instance_only_where_the_picture_shows_the_step_there() {
        assertThat(places(Samples.TWO_LEAKS.report()))
                .containsExactly(
                        "web.1, which served step 1", "web.1, which served step 1", "the process that served step 3");
    }

    private static List<String> places(Report report) {
        return Jsoup.parse(HtmlFace.text(report)).select(".locations .instance").eachText();
    }

    private static Document revocation() {
        List<StepRun> single = new ArrayList<>();
        List<StepRun> split = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i < 3 ? i + 1 : 2;
            int instance = i < 3 ? 1 : i - 2;
            single.add(step(REQUESTS, number, 1, i < 3 ? "200" : "401", Optional.empty()));
            split.add(step(REQUESTS, number, instance, i == 3 ? "401" : "200", differing(i == 5)));
        }
        return page(REQUESTS, Cause.REVOCATION, 3, 2, "again", single, split);
    }

    private static Document counter() {
        List<StepRun> single = new ArrayList<>();
        List<StepRun> split = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            single.add(step(REQUESTS, 1, 1, i < 5 ? "401" : "429", Optional.empty()));
            split.add(step(REQUESTS, 1, i % 3 + 1, "401", differing(i == 5)));
        }
        return page(REQUESTS, Cause.COUNTER, 1, 1, "again", single, split);
    }

    private static Optional<String> differing(boolean differs) {
        return differs ? Optional.of("status 401 in the control, 200 in the fleet") : Optional.empty();
    }

    private static StepRun step(
            List<String> requests, int number, int instance, String outcome, Optional<String> difference) {
        return new StepRun(
                ref(requests, number),
                "web." + instance,
                instance,
                Duration.ofMillis(10L * number),
                Duration.ofMillis(1),
                outcome,
                difference,
                Optional.empty(),
                false);
    }

    private static StepRef ref(List<String> requests, int number) {
        return new StepRef("login", number, requests.get(number - 1));
    }

    private static Document page(
            List<String> requests,
            Cause cause,
            int polluter,
            int victim,
            String check,
            List<StepRun> single,
            List<StepRun> split) {
        Report sample = Samples.ONE_LEAK.report();
        FoundLeak leak = new FoundLeak(
                check,
                cause,
                Optional.of(ref(requests, polluter)),
                ref(requests, victim),
                "status 401 in the control, 200 in the fleet",
                List.of(),
                cause.remedy(),
                "coatcheck prove",
                List.of(),
                Optional.empty());
        Start ahead = new Start("web.9", 9, Duration.ofMillis(-500), Duration.ofMillis(100));
        List<StepRun> control = single.subList(0, 1);
        return Jsoup.parse(HtmlFace.text(new Report(
                Verdict.STATEFUL,
                Optional.empty(),
                sample.scenarios(),
                sample.checks(),
                sample.coverage(),
                List.of(leak),
                List.of(
                        new RunRecord("control 1", "control", Weight.REFERENCE, control, List.of(), List.of()),
                        new RunRecord("confirm split 1", check, Weight.AGAINST, split, List.of(ahead), List.of()),
                        new RunRecord("confirm unsplit 1", check, Weight.FOR, single, List.of(ahead), List.of())),
                List.of(),
                List.of(),
                sample.subject(),
                Map.of())));
    }

    private static List<String> steps(Document page, String side) {
        return page.select(".leak " + side + " .request").eachText();
    }

    private static List<String> answers(Document page, String side) {
        return page.select(".leak " + side + " .answer").eachText();
    }
}
