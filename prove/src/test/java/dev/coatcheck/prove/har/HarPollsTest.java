package dev.coatcheck.prove.har;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was asked again and again, until a worker had done its work. */
class HarPollsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:00Z");

    @TempDir
    private Path folder;

    private final Archive archive = new Archive("WebInspector");
    private int seconds;

    @Test
    void a_status_that_came_at_last_is_waited_for() throws IOException {
        entry("POST", "/photos", 202);
        entry("GET", "/photos/1/thumbnail", 404);
        entry("GET", "/photos/1/thumbnail", 404);
        entry("GET", "/me", 200);
        entry("GET", "/photos/1/thumbnail", 202);
        entry("GET", "/photos/1/thumbnail", 200).answer("application/json", "{\"key\": \"4f1c9a77d2e0\"}");
        entry("GET", "/photos/1/thumbnail", 200);
        entry("GET", "/keys/4f1c9a77d2e0", 200);

        Reading recording = archive.read(folder);

        assertThat(titles(recording.scenario()))
                .containsExactly(
                        "POST /photos",
                        "GET /photos/1/thumbnail",
                        "GET /me",
                        "GET /photos/1/thumbnail",
                        "GET /keys/{{step2-1}}");
        Step waiting = recording.scenario().steps().get(1);
        assertThat(waiting.expectation().status()).hasToString("200");
        assertThat(waiting.polling().interval())
                .isEqualTo(Duration.ofMillis(1333).plusNanos(333_333));
        assertThat(waiting.polling().interval().multipliedBy(waiting.polling().retries()))
                .isBetween(Duration.ofSeconds(18), Duration.ofSeconds(20));
        assertThat(recording.scenario().steps().get(3).polling().retries()).isZero();
        assertThat(recording.notes())
                .anyMatch(note -> note.contains("entry 2 (GET /photos/1/thumbnail) was asked again and again")
                        && note.endsWith("is one step that waits for status 200: at most 19 s"));
    }

    @Test
    void a_state_is_waited_for_where_the_status_is_always_the_same() throws IOException {
        json("/jobs/17", "{\"name\": \"Cats\", \"seen\": \"10:00\", \"state\": \"pending\"}");
        json("/jobs/17", "{\"name\": \"Cats\", \"seen\": \"10:01\", \"state\": \"running\"}");
        json("/jobs/17", "{\"name\": \"Cats\", \"seen\": \"10:02\", \"state\": \"done\", \"result\": 7}");

        Scenario scenario = archive.read(folder).scenario();

        assertThat(titles(scenario)).containsExactly("GET /jobs/17");
        assertThat(assertions(scenario)).containsExactly("jsonpath \"$.state\" == \"done\"");
        assertThat(scenario.steps()
                        .getFirst()
                        .expectation()
                        .assertions()
                        .getFirst()
                        .place())
                .hasToString("recorded.har, entry 1 (GET /jobs/17)");
    }

    @Test
    void what_appears_in_a_list_is_waited_for() throws IOException {
        json("/messages", "[]");
        json("/messages", "[]");
        json("/messages", "[{\"id\": 4, \"text\": \"Hello\"}]");

        Scenario scenario = archive.read(folder).scenario();

        assertThat(titles(scenario)).containsExactly("GET /messages");
        assertThat(assertions(scenario)).containsExactly("jsonpath \"$[0].id\" exists");
    }

    @Test
    void what_is_another_one_each_time_is_waited_for_by_nobody() throws IOException {
        json("/quote", "{\"text\": \"all is well\"}");
        json("/quote", "{\"text\": \"that ends well\"}");
        json("/quote", "{\"text\": \"said he\"}");
        entry("GET", "/page", 200).answer("text/html", "<p>working");
        entry("GET", "/page", 200).answer("text/html", "<p>working");
        entry("GET", "/page", 200).answer("text/html", "<p>done");
        json("/same", "{\"a\": 1}");
        json("/same", "{\"a\": 1}");
        json("/same", "{\"a\": 1}");

        Reading recording = archive.read(folder);

        assertThat(recording.scenario().steps())
                .hasSize(9)
                .allMatch(step -> step.polling().retries() == 0);
        assertThat(recording.notes().stream().filter(note -> note.contains("what it waited for is not known")))
                .satisfiesExactly(
                        quote -> assertThat(quote).contains("GET /quote was asked 3 times"),
                        page -> assertThat(page).contains("GET /page was asked 3 times"));
    }

    @Test
    void what_somebody_did_in_between_is_no_wait() throws IOException {
        entry("GET", "/cart", 404);
        entry("POST", "/cart", 200);
        entry("GET", "/cart", 200);
        entry("GET", "/report", 404);
        entry("GET", "/make-report", 200);
        entry("GET", "/report", 200);
        entry("GET", "/private", 401);
        entry("GET", "/private", 200).header("Authorization", "Basic YTpi");
        entry("GET", "/home", 302);
        entry("GET", "/home", 200).header("Cookie", "sid=1");

        assertThat(archive.read(folder).scenario().steps()).hasSize(10);
    }

    @Test
    void what_was_said_on_a_socket_in_between_is_a_change_too() throws IOException {
        entry("GET", "/room", 101)
                .with("_resourceType", "websocket")
                .with("_webSocketMessages", List.of(said(2, "create"), said(5, "write")));
        entry("GET", "/room/1", 404);
        seconds = 3;
        entry("GET", "/room/1", 200);
        json("/room/1/messages", "[]");
        seconds = 6;
        json("/room/1/messages", "[{\"text\": \"Hello\"}]");

        Scenario scenario = archive.read(folder).scenario();

        assertThat(titles(scenario))
                .containsExactly(
                        "WEBSOCKET /room",
                        "GET /room/1",
                        "SEND /room",
                        "GET /room/1",
                        "GET /room/1/messages",
                        "SEND /room",
                        "GET /room/1/messages");
        assertThat(scenario.steps()).allMatch(step -> step.polling().retries() == 0);
    }

    @Test
    void what_changed_right_after_something_else_was_asked_was_not_waited_for() throws IOException {
        entry("GET", "/session", 401);
        entry("GET", "/session", 401);
        entry("GET", "/callback?code=1", 200);
        entry("GET", "/session", 200);
        json("/cart", "{\"state\": \"empty\"}");
        json("/cart", "{\"state\": \"empty\"}");
        entry("GET", "/cart/add", 200);
        json("/cart", "{\"state\": \"filled\"}");

        assertThat(archive.read(folder).scenario().steps())
                .hasSize(8)
                .allMatch(step -> step.polling().retries() == 0);
    }

    @Test
    void what_was_not_modified_is_the_answer_before_it() throws IOException {
        json("/jobs/17", "{\"state\": \"pending\"}");
        entry("GET", "/jobs/17", 304);
        entry("GET", "/jobs/17", 304);
        json("/jobs/17", "{\"state\": \"done\"}");
        entry("GET", "/jobs/17", 304);

        Reading recording = archive.read(folder);

        assertThat(titles(recording.scenario())).containsExactly("GET /jobs/17", "GET /jobs/17");
        assertThat(assertions(recording.scenario())).containsExactly("jsonpath \"$.state\" == \"done\"");
    }

    @Test
    void nothing_is_waited_for_longer_than_five_minutes() throws IOException {
        entry("GET", "/jobs/17?access_token=4f1c9a77", 404);
        seconds += 200;
        entry("GET", "/jobs/17?access_token=4f1c9a77", 404);
        entry("GET", "/jobs/17?access_token=4f1c9a77", 200);
        entry("GET", "/jobs/18", 404);
        seconds += 1800;
        entry("GET", "/jobs/18", 404);
        entry("GET", "/jobs/18", 200);

        Reading recording = archive.read(folder);

        assertThat(recording.scenario().steps()).hasSize(4);
        assertThat(recording.scenario().steps().getFirst().polling()).isEqualTo(new Polling(60, Duration.ofSeconds(5)));
        assertThat(recording.notes())
                .anyMatch(note -> note.endsWith("waits for status 200: at most 300 s"))
                .anyMatch(note -> note.contains("entry 4 (GET /jobs/18) was asked for 30 minutes"))
                .noneMatch(note -> note.contains("4f1c9a77"));
    }

    @Test
    void what_a_clean_database_never_has_is_waited_for_by_nobody() throws IOException {
        json("/messages", "[{\"id\": 1}, {\"id\": 2}]");
        json("/messages", "[{\"id\": 1}, {\"id\": 2}]");
        json("/messages", "[{\"id\": 1}, {\"id\": 2}, {\"id\": 3}]");
        json("/shop", "{\"open\": false}");
        json("/shop", "{\"open\": false}");
        json("/shop", "{\"open\": true}");

        Reading recording = archive.read(folder);

        assertThat(recording.scenario().steps())
                .hasSize(6)
                .allMatch(step -> step.polling().retries() == 0);
        assertThat(recording.notes().stream().filter(note -> note.contains("what it waited for is not known")))
                .hasSize(2);
    }

    @Test
    void another_form_of_the_same_is_no_repetition() throws IOException {
        entry("GET", "/notes", 302).header("Accept", "text/html");
        entry("GET", "/notes", 200).header("Accept", "application/json");
        entry("GET", "/guide.pdf", 206).header("Range", "bytes=0-1");
        entry("GET", "/guide.pdf", 200);

        assertThat(archive.read(folder).scenario().steps()).hasSize(4);
    }

    private static Map<String, Object> said(int second, String text) {
        return Map.of(
                "type", "send", "time", BEGIN.plusSeconds(second).getEpochSecond() + 0.5, "opcode", 1, "data", text);
    }

    private Archive.Entry entry(String method, String path, int status) {
        return archive.entry(method, path, status)
                .with("startedDateTime", BEGIN.plusSeconds(seconds++).toString());
    }

    private void json(String path, String json) {
        entry("GET", path, 200).answer("application/json", json);
    }

    private static List<String> titles(Scenario scenario) {
        return scenario.steps().stream().map(Step::title).toList();
    }

    private static List<String> assertions(Scenario scenario) {
        return scenario.steps().stream()
                .flatMap(step -> step.expectation().assertions().stream())
                .map(Assertion::toString)
                .toList();
    }
}
