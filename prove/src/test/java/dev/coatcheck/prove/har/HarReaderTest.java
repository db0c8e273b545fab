package dev.coatcheck.prove.har;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HarReaderTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    @TempDir
    private Path folder;

    private final Archive archive = new Archive("WebInspector");

    @Test
    void what_a_user_did_becomes_steps_and_what_the_browser_did_beside_it_is_left_out() throws IOException {
        archive.page("/login");
        archive.entry("GET", "/style.css", 200).answer("text/css", "a {}");
        archive.entry("GET", "/logo", 200).with("_resourceType", "script");
        archive.entry("GET", "/favicon.ico", 404);
        archive.entry("POST", "/login", 303).body(FORM, "name=ann");
        archive.page("/me?tab=a%20b#top");
        archive.entry("OPTIONS", "/api", 204).header("Access-Control-Request-Method", "PUT");
        archive.entry("PUT", "/api", 204).body("application/json", "{\"a\": 1}");
        archive.entry("GET", "https://cdn.example.org/x.js", 200);
        archive.entry("POST", "https://count.example.com/hit", 204);
        archive.entry("GET", "ws://localhost:3000/live", 101);
        archive.entry("GET", "/events", 200).answer("text/event-stream", "");
        archive.entry("GET", "/gone", 0);
        archive.entry("GET", "data:image/png;base64,AAAA", 200);

        Reading recording = archive.read(folder);
        assertThat(titles(recording.scenario()))
                .containsExactly(
                        "GET /login", "POST /login", "GET /me?tab=a%20b", "PUT /api", "WEBSOCKET /live", "GET /events");
        assertThat(recording.scenario().name()).isEqualTo("recorded");
        assertThat(recording.scenario().steps())
                .extracting(step -> step.expectation().status().toString())
                .containsExactly("200", "303", "200", "204", "101", "200");
        assertThat(recording.notes().getFirst())
                .startsWith(
                        "the recording 'recorded': 6 of its 14 entries are steps, those of http://localhost:3000; left out are ")
                .contains("1 preflights")
                .contains("2 of other addresses (https://cdn.example.org, https://count.example.com)")
                .contains("1 without a response")
                .contains("1 of no HTTP")
                .contains("3 files of pages");
    }

    @Test
    void what_a_page_says_on_its_socket_is_said_between_the_requests() throws IOException {
        archive.page("/").with("startedDateTime", "2026-01-01T10:00:00.000Z");
        archive.entry("GET", "ws://localhost:3000/live", 101)
                .header("Sec-WebSocket-Key", "abc")
                .header("Sec-WebSocket-Protocol", "chat")
                .with("startedDateTime", "2026-01-01T10:00:01.000Z")
                .with(
                        "_webSocketMessages",
                        List.of(
                                message("send", 1767261601.1, "{\"hello\":1}"),
                                message("receive", 1767261601.2, "{\"hello\":2}"),
                                message("send", 1767261601.3, "{\"join\":\"garden\"}"),
                                message("receive", 1767261602.5, "{\"news\":1}"),
                                message("send", 1767261603.0, "thanks")));
        archive.entry("POST", "/news", 201).with("startedDateTime", "2026-01-01T10:00:02.000Z");

        List<Step> steps = archive.read(folder).scenario().steps();

        assertThat(steps)
                .extracting(Step::title)
                .containsExactly("GET /", "WEBSOCKET /live", "POST /news", "SEND /live");
        assertThat(steps.get(1).request().body())
                .isEqualTo(new Body.Messages(List.of(
                        new Body.Message(Template.literal("{\"hello\":1}"), Body.Await.NOTHING),
                        new Body.Message(
                                Template.literal("{\"join\":\"garden\"}"), Body.Await.A_MESSAGE_FOR_A_WHILE))));
        assertThat(steps.get(1).request().headers()).extracting(Field::name).containsExactly("Sec-WebSocket-Protocol");
        assertThat(steps.get(3).request().body())
                .isEqualTo(
                        new Body.Messages(List.of(new Body.Message(Template.literal("thanks"), Body.Await.NOTHING))));
    }

    private static Map<String, Object> message(String type, double time, String data) {
        return Map.of("type", type, "time", time, "opcode", 1, "data", data);
    }

    @Test
    void an_api_beside_the_first_page_is_the_application_where_most_requests_go() throws IOException {
        archive.page("/");
        for (int i = 0; i < 3; i++) {
            archive.entry("GET", "http://localhost:8080/api/" + i, 200).answer("application/json", "{}");
        }
        for (int i = 0; i < 9; i++) {
            archive.entry("POST", "https://count.example.com/" + i, 204);
        }
        assertThat(titles(archive.read(folder).scenario())).containsExactly("GET /api/0", "GET /api/1", "GET /api/2");
    }

    @Test
    void the_application_is_where_the_first_page_leads_from_and_not_who_logs_in_or_counts() throws IOException {
        archive.entry("GET", "https://shop.example.co.uk/", 302)
                .header("Accept", "text/html,*/*")
                .answerHeader("Location", "https://login.example.com/");
        for (int i = 0; i < 3; i++) {
            archive.entry("GET", "https://login.example.com/" + i, 200).answer("text/html", "<form>");
            archive.entry("GET", "https://other.co.uk/" + i, 200).answer("text/html", "<p>");
            archive.entry("POST", "https://stats.example.co.uk/hit", 204);
        }
        archive.entry("GET", "https://shop.example.co.uk/home", 200).answer("text/html", "<p>");

        Reading recording = archive.read(folder);

        assertThat(titles(recording.scenario())).containsExactly("GET /", "GET /home");
        assertThat(recording.notes().getFirst()).contains("are steps, those of https://shop.example.co.uk; left out");
        assertThat(titles(
                        HarReader.read(archive.write(folder), Optional.of(URI.create("https://login.example.com:443")))
                                .scenario()))
                .containsExactly("GET /0", "GET /1", "GET /2");
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> HarReader.read(archive.write(folder), Optional.of(URI.create("http://nobody"))))
                .withMessageContaining("holds no request over HTTP to http://nobody that was answered");
    }

    @Test
    void pictures_that_users_uploaded_are_steps_and_those_of_pages_are_not() throws IOException {
        archive.page("/");
        archive.entry("GET", "/logo.png", 200).answer("image/png", "");
        archive.entry("GET", "/photos/17/raw", 200).answer("image/jpeg", "");
        archive.entry("PUT", "/uploads/cat.jpg", 201).body("image/jpeg", "cat");
        archive.entry("GET", "/logo.png", 200).answer("image/png", "");
        archive.entry("GET", "/uploads/cat.jpg", 200).answer("image/jpeg", "");
        assertThat(titles(archive.read(folder).scenario()))
                .containsExactly("GET /", "GET /photos/17/raw", "PUT /uploads/cat.jpg", "GET /uploads/cat.jpg");
    }

    @Test
    void files_of_pages_are_steps_where_there_is_nothing_else() throws IOException {
        archive.entry("GET", "/a.css", 200).answer("text/css", "");
        archive.entry("GET", "/b.js", 200).answer("text/javascript", "");
        assertThat(titles(archive.read(folder).scenario())).containsExactly("GET /a.css", "GET /b.js");
    }

    @Test
    void what_a_file_that_is_left_out_would_set_is_kept() throws IOException {
        archive.page("/");
        archive.entry("GET", "/app.js", 200).answerHeader("set-cookie", "sid=1");
        assertThat(titles(archive.read(folder).scenario())).containsExactly("GET /", "GET /app.js");
    }

    @Test
    void headers_of_the_connection_the_cache_and_the_cookies_are_not_sent() throws IOException {
        archive.page("/")
                .header(":authority", "localhost:3000")
                .header("Host", "localhost:3000")
                .header("Connection", "keep-alive")
                .header("Cookie", "a=b")
                .header("Content-Length", "7")
                .header("Accept-Encoding", "gzip")
                .header("If-None-Match", "\"x\"")
                .header("If-Modified-Since", "yesterday")
                .header("Accept", "text/html")
                .header("Authorization", "Basic YTpi");
        archive.entry("PUT", "/doc", 304).header("If-None-Match", "*").header("Origin", Archive.ORIGIN);
        List<Step> steps = archive.read(folder).scenario().steps();
        assertThat(fields(steps.get(0).request().headers()))
                .containsExactly("Accept: text/html", "Authorization: Basic YTpi");
        assertThat(fields(steps.get(1).request().headers()))
                .containsExactly("If-None-Match: *", "Origin: {{BASE_URL}}");
        assertThat(steps.get(1).expectation().status()).hasToString("304");
    }

    @Test
    void values_of_responses_are_bound_to_them() throws IOException {
        archive.entry("POST", "/photos", 201)
                .body("application/json", "{\"title\": \"cat\"}")
                .answer("application/json", "{\"id\": 17, \"token\": \"4f1c9a77d2e0\"}");
        archive.entry("POST", "/photos/17/tags", 201)
                .header("Authorization", "Bearer 4f1c9a77d2e0")
                .body(FORM, "next=" + "http%3A%2F%2Flocalhost%3A3000%2Fphotos&by=a%2Bb");
        List<Step> steps = archive.read(folder).scenario().steps();
        assertThat(steps.get(1).title()).isEqualTo("POST /photos/{{step1-1}}/tags");
        assertThat(fields(steps.get(1).request().headers()))
                .containsExactly("Authorization: Bearer {{step1-2}}", "content-type: " + FORM);
        assertThat(steps.get(1).request().body())
                .isInstanceOfSatisfying(
                        Body.Form.class,
                        form -> assertThat(fields(form.fields()))
                                .containsExactly("next: {{BASE_URL}}/photos", "by: a+b"));
    }

    @Test
    void the_recorded_address_is_the_present_one_in_whatever_coding_it_is_written() throws IOException {
        archive.entry(
                "GET", "/login?next=http%3A%2F%2Flocalhost%3A3000%2Fhome&other=http%3A%2F%2Flocalhost%3A30001", 200);
        archive.entry("GET", "/login?next=http%3a%2f%2flocalhost:3000", 200);
        archive.entry("POST", "/a", 200).body("application/json", "{\"to\":\"http:\\/\\/localhost:3000\\/b\"}");
        List<Step> steps = archive.read(folder).scenario().steps();
        assertThat(titles(archive.read(folder).scenario()))
                .startsWith(
                        "GET /login?next={{BASE_URL_ENCODED}}%2Fhome&other=http%3A%2F%2Flocalhost%3A30001",
                        "GET /login?next={{BASE_URL_ENCODED}}");
        assertThat(steps.getLast().request().body()).asString().contains("\"{{BASE_URL}}\\/b\"");
    }

    @Test
    void answers_in_base64_are_bound_too() throws IOException {
        String json = Base64.getEncoder().encodeToString("{\"id\": 17}".getBytes(StandardCharsets.UTF_8));
        archive.entry("POST", "/a", 200)
                .content(Map.of("mimeType", "application/json", "text", json, "encoding", "base64"));
        archive.entry("GET", "/a/17", 200);
        assertThat(titles(archive.read(folder).scenario())).containsExactly("POST /a", "GET /a/{{step1-1}}");
    }

    @Test
    void braces_in_a_recording_are_text() throws IOException {
        archive.entry("POST", "/a", 200).body("application/json", "{\"a\": \"{{run}} {{x}}\"}");
        assertThat(body(archive))
                .isInstanceOfSatisfying(
                        Body.Json.class,
                        json -> assertThat(json.text().variables()).isEmpty());
    }

    @Test
    void a_file_that_the_browser_left_out_is_asked_for_and_taken_from_beside_the_recording() throws IOException {
        archive.entry("POST", "/photos", 303)
                .request(
                        "postData",
                        Map.of(
                                "mimeType",
                                "multipart/form-data; boundary=x",
                                "params",
                                List.of(
                                        Map.of("name", "title", "value", "Cat"),
                                        Map.of("name", "photo", "fileName", "cat.jpg", "value", "(binary)"))));
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> archive.read(folder))
                .withMessageContainingAll(
                        "recorded.har: entry 1 (POST /photos) uploads a file whose content the browser left out",
                        "there is no file 'cat.jpg' beside the scenario, in " + folder,
                        "coatcheck record");
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        assertThat(body(archive))
                .isInstanceOfSatisfying(
                        Body.Multipart.class,
                        multipart -> assertThat(multipart.parts())
                                .last()
                                .isEqualTo(new Body.FilePart("photo", folder.resolve("cat.jpg"), "image/jpeg")));
    }

    @Test
    void a_file_outside_the_folder_is_never_read() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.writeString(folder.resolve("secret"), "secret");
        archive.entry("POST", "/photos", 303)
                .request(
                        "postData",
                        Map.of(
                                "mimeType",
                                "multipart/form-data",
                                "params",
                                List.of(Map.of("name", "photo", "fileName", "../secret"))));
        assertThatExceptionOfType(InvalidScenarioException.class).isThrownBy(() -> archive.read(inner));
    }

    @ParameterizedTest
    @CsvSource({"false, cat.jpg, ''", "false, cat.jpg, \uFFFD\uFFFD", "true, '', ''", "true, cat.jpg, cat"})
    void a_form_as_it_went_over_the_wire_is_taken_apart(boolean taken, String fileName, String content)
            throws IOException {
        String text = "--bound\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n4f1c9a77d2e0\r\n"
                + "--bound\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"" + fileName
                + "\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n--bound--\r\n";
        archive.entry("GET", "/form", 200).answer("text/html", "<input name=_csrf value=4f1c9a77d2e0>");
        archive.entry("POST", "/photos", 303).body("multipart/form-data; boundary=bound", text);
        if (!taken) {
            assertThatExceptionOfType(InvalidScenarioException.class)
                    .isThrownBy(() -> archive.read(folder))
                    .withMessageContaining("left out of the recording");
            return;
        }
        Step step = archive.read(folder).scenario().steps().getLast();
        assertThat(step.request().headers()).isEmpty();
        assertThat(step.request().body())
                .isInstanceOfSatisfying(
                        Body.Multipart.class,
                        multipart -> assertThat(multipart.parts())
                                .satisfiesExactly(
                                        csrf -> assertThat(csrf.toString()).contains("{{step1-1}}"),
                                        photo -> assertThat(photo)
                                                .isEqualTo(Body.BytesPart.of(
                                                        "photo",
                                                        Optional.of(fileName),
                                                        "image/png",
                                                        content.getBytes(StandardCharsets.UTF_8)))));
    }

    @Test
    void bytes_that_were_written_as_characters_are_sent_as_they_were_and_their_type_is_said() throws IOException {
        archive.entry("PUT", "/a", 200)
                .request("bodySize", 4)
                .request("postData", Map.of("mimeType", "image/png", "text", "\u0089PN\u00ff"));
        Step step = archive.read(folder).scenario().steps().getFirst();
        assertThat(step.request().body()).isEqualTo(Body.Bytes.of(new byte[] {(byte) 0x89, 'P', 'N', (byte) 0xff}));
        assertThat(fields(step.request().headers())).containsExactly("Content-Type: image/png");
    }

    @Test
    void a_text_whose_characters_were_counted_is_sent_as_a_text() throws IOException {
        archive.entry("POST", "/a", 200)
                .request("bodySize", 14)
                .request("postData", Map.of("mimeType", "application/json", "text", "{\"name\":\"Zo\u00eb\"}"));
        assertThat(archive.read(folder).scenario().steps().getFirst().request().body())
                .isEqualTo(new Body.Json(Template.literal("{\"name\":\"Zo\u00eb\"}")));
    }

    @Test
    void contents_that_are_files_beside_the_recording_are_read() throws IOException {
        Files.writeString(folder.resolve("a1.json"), "{\"id\": 17}");
        Files.writeString(folder.resolve("b2.json"), "{\"title\": \"cat\"}");
        archive.entry("POST", "/notes", 201)
                .request("postData", Map.of("mimeType", "application/json", "_file", "b2.json"))
                .content(Map.of("mimeType", "application/json", "size", 10, "_file", "a1.json"));
        archive.entry("GET", "/notes/17", 200);
        Reading recording = archive.read(folder);
        assertThat(titles(recording.scenario())).containsExactly("POST /notes", "GET /notes/{{step1-1}}");
        assertThat(recording.scenario().steps().getFirst().request().body())
                .isEqualTo(new Body.Json(Template.literal("{\"title\": \"cat\"}")));
        assertThat(recording.notes()).noneMatch(note -> note.contains("did not keep"));
    }

    @Test
    void what_a_service_worker_asked_for_a_page_is_one_step() throws IOException {
        archive.entry("POST", "/notes", 201).body(FORM, "a=1").with("_fetchedViaServiceWorker", true);
        archive.entry("POST", "/notes", 201).body(FORM, "a=1");
        archive.entry("GET", "/from/its/cache", 200).with("_fetchedViaServiceWorker", true);
        assertThat(titles(archive.read(folder).scenario())).containsExactly("POST /notes", "GET /from/its/cache");
    }

    @Test
    void bytes_in_base64_are_sent_as_they_are() throws IOException {
        byte[] bytes = {1, -1, 0, 2};
        archive.entry("PUT", "/a", 200)
                .request(
                        "postData",
                        Map.of(
                                "mimeType",
                                "application/octet-stream",
                                "encoding",
                                "base64",
                                "text",
                                Base64.getEncoder().encodeToString(bytes)));
        assertThat(body(archive)).isEqualTo(Body.Bytes.of(bytes));
    }

    @Test
    void a_recording_that_begins_in_the_middle_of_a_session_says_so() throws IOException {
        archive.page("/me").header("cookie", "sid=4f1c; _ga=GA1.2");
        archive.page("/you").header("cookie", "sid=4f1c; theme=dark").answerHeader("Set-Cookie", "new=1\nother=2");
        archive.page("/all").header("cookie", "sid=4f1c; new=1; theme=dark");
        Reading recording = archive.read(folder);
        assertThat(recording.notes().getLast())
                .contains("begins in the middle of a session", " carries sid, ", "from the login on");
        assertThat(recording.scenario().steps())
                .extracting(step -> fields(step.request().cookies()))
                .containsExactly(List.of(), List.of("theme: dark"), List.of("theme: dark"));
    }

    @Test
    void who_was_let_in_before_the_recording_or_elsewhere_is_said() throws IOException {
        String claims = Base64.getUrlEncoder().encodeToString("{\"exp\":1767261601}".getBytes(StandardCharsets.UTF_8));
        archive.page("/");
        archive.entry("GET", "http://localhost:4000/login", 200).answerHeader("Set-Cookie", "shop_session=1; Path=/");
        archive.entry("GET", "/api", 200)
                .header("Cookie", "shop_session=1; cart=4f1c9a77d2e04f1c; theme=dark-and-comfortable")
                .header("Authorization", "Bearer e30." + claims + ".c2ln")
                .answer("application/json", "{}");
        assertThat(archive.read(folder).notes())
                .anySatisfy(note -> assertThat(note)
                        .contains(
                                "sets shop_session (an answer of http://localhost:4000 does, which is not played), cart,")
                        .doesNotContain("theme"))
                .anySatisfy(note -> assertThat(note).contains("it ends or has ended on 2026-01-01T10:00:01Z"));
    }

    @Test
    void a_recording_whose_cookies_were_left_out_says_so() throws IOException {
        archive.page("/login");
        archive.page("/me");
        assertThat(archive.read(folder).notes().getLast()).contains("no cookie and no authorization", "sanitized");

        Archive redacted = new Archive("sanitizer");
        redacted.page("/login").header("Authorization", "[redacted]").header("Cookie", "sid=REDACTED");
        Reading recording = redacted.read(folder);
        assertThat(recording.notes().getLast()).contains("replaced by a word");
        assertThat(recording.scenario().steps().getFirst().request().headers()).isEmpty();

        Archive without = new Archive("coatcheck");
        without.page("/login");
        assertThat(without.read(folder).notes()).hasSize(1);
    }

    @Test
    void answers_and_bodies_that_were_not_kept_are_said() throws IOException {
        archive.page("/a").content(Map.of("mimeType", "text/html", "size", 700));
        archive.entry("POST", "/b", 200).request("bodySize", 12);
        assertThat(archive.read(folder).notes())
                .anySatisfy(note -> assertThat(note).contains("did not keep the answers of 1 steps"))
                .anySatisfy(note -> assertThat(note).contains("entry 2 (POST /b) had a body of 12 bytes"));
    }

    @Test
    void entries_are_played_in_the_order_in_which_they_began_and_may_be_of_several_users() throws IOException {
        archive.page("/b").with("startedDateTime", "2026-01-01T00:00:02.000Z").with("_user", "bob");
        archive.page("/a")
                .with("startedDateTime", "2026-01-01T01:00:01.000+01:00")
                .with("comment", "user: ann");
        Scenario scenario = archive.read(folder).scenario();
        assertThat(titles(scenario)).containsExactly("GET /a", "GET /b");
        assertThat(scenario.steps()).extracting(Step::user).containsExactly("ann", "bob");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            []                                                | is no HAR; expected an object with a list log.entries
            {"log": {"version": "1.2"}}                       | is no HAR; expected an object with a list log.entries
            {"log": {"entries": [                             | :1:22: this is no HAR that can be read: Unexpected end-of-input
            {"log": {"entries": []}}                          | holds no request over HTTP that was answered
            {"log": {"entries": [1, {}]}}                     | entry 1 has no request with a method and a url
            {"log": {"entries": [{"request": {"method": "GET", "url": "ftp://x/"}}]}} | holds no request over HTTP
            {"log": {"entries": [{"request": {"method": 1, "url": []}}]}} | entry 1 has no request with a method and a url
            """)
    void what_is_no_har_is_refused_with_its_place(String text, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.har"), text);
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> HarReader.read(file))
                .withMessageContainingAll("bad.har", why);
    }

    @Test
    void a_long_page_gives_its_hidden_fields_and_the_rest_is_noted() throws IOException {
        Archive archive = new Archive("WebInspector");
        archive.entry("GET", "/table", 200)
                .answer(
                        "text/html",
                        "<input type=hidden name=_csrf value=4f1c9a77d2e0>" + "<p>row</p>".repeat(120_000));
        archive.entry("POST", "/table", 200).body("application/x-www-form-urlencoded", "_csrf=4f1c9a77d2e0&a=1");
        archive.entry("GET", "/all", 200).answer("text/plain", "x".repeat(9 << 20));

        Reading recording = archive.read(folder);

        assertThat(recording.scenario().steps().get(1).request().body().toString())
                .contains("_csrf", "step1-1")
                .doesNotContain("4f1c9a77d2e0");
        assertThat(recording.notes())
                .anyMatch(note -> note.contains("in the answers of 1 steps, which have more than 1 MiB"))
                .anyMatch(note -> note.contains("the answers of 1 steps have more than 8 MiB"));
    }

    @Test
    void deep_nesting_and_wrong_base64_are_refused() throws IOException {
        Path deep = Files.writeString(folder.resolve("deep.har"), "{\"log\":{\"x\":" + "[".repeat(200_000));
        assertThatExceptionOfType(InvalidScenarioException.class).isThrownBy(() -> HarReader.read(deep));
        archive.page("/").content(Map.of("mimeType", "text/html", "text", "a", "encoding", "base64"));
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> archive.read(folder))
                .withMessageContaining("entry 1: response.content.text is no base64");
    }

    private Body body(Archive archive) throws IOException {
        return archive.read(folder).scenario().steps().getFirst().request().body();
    }

    private static List<String> titles(Scenario scenario) {
        return scenario.steps().stream().map(Step::title).toList();
    }

    private static List<String> fields(List<Field> fields) {
        return fields.stream().map(field -> field.name() + ": " + field.value()).toList();
    }
}
