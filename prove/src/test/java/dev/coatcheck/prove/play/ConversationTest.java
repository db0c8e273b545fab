package dev.coatcheck.prove.play;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.prove.play.TestServer.Received;
import dev.coatcheck.prove.play.TestServer.Reply;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.ScenarioFiles;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import dev.coatcheck.prove.scenario.Template;
import dev.coatcheck.prove.scenario.http.HttpFileReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {
    private static final PlaySettings SETTINGS = PlaySettings.of(URI.create("http://localhost:8080"));

    @TempDir
    private Path folder;

    @Test
    void a_step_is_sent_as_it_was_written() throws Exception {
        Files.writeString(folder.resolve("cat.txt"), "miaow");
        try (TestServer server = new TestServer(request -> Reply.of(200, "ok"))) {
            List<Exchange> exchanges = play(server, hurl("""
                    POST {{BASE_URL}}/a b?x=1
                    Host: example.org
                    Content-Type: application/vnd.api+json
                    [Query]
                    q: ö&=
                    [Cookies]
                    theme: dark
                    {"name": "{{name}}"}

                    POST /upload
                    [Multipart]
                    title: {{name}}
                    file: file,cat.txt;
                    POST /form
                    [Form]
                    a: 1&2
                    b: {{name}}
                    """.replace("/a b", "/a%20b/ü")));
            assertThat(exchanges).allMatch(Exchange::isAsExpected);
            TestServer.Received first = server.received().getFirst();
            assertThat(first.target()).isEqualTo("/a%20b/%C3%BC?x=1&q=%C3%B6%26%3D");
            assertThat(first.header("Host")).isEqualTo("example.org");
            assertThat(first.header("Content-type")).isEqualTo("application/vnd.api+json");
            assertThat(first.header("Cookie")).isEqualTo("theme=dark");
            assertThat(first.body()).isEqualTo("{\"name\": \"A \\\"B\\\"\"}");
            TestServer.Received upload = server.received().get(1);
            assertThat(upload.header("Host")).isEqualTo("localhost:8080");
            assertThat(upload.body())
                    .contains("name=\"title\"", "A \"B\"", "filename=\"cat.txt\"", "miaow", "text/plain");
            assertThat(server.received().get(2).body()).isEqualTo("a=1%262&b=A+%22B%22");
        }
    }

    @Test
    void the_type_of_a_part_is_sent_that_has_no_name_of_a_file() throws Exception {
        Scenario scenario =
                HttpFileReader.read(folder.resolve("a.http"), """
                        POST /photos
                        Content-Type: multipart/form-data; boundary=X

                        --X
                        Content-Disposition: form-data; name="about"
                        Content-Type: application/json

                        {"a": 1}
                        --X--
                        """, Set.of()).scenario();
        try (TestServer server = new TestServer(request -> Reply.of(200, "ok"))) {
            play(server, scenario);

            assertThat(server.received().getFirst().body())
                    .contains("form-data; name=\"about\"\r\nContent-Type: application/json\r\n\r\n{\"a\": 1}\r\n");
        }
    }

    @Test
    void every_step_has_a_connection_of_its_own() throws Exception {
        try (TestServer server = new TestServer(request -> Reply.of(200, "ok"))) {
            play(server, steps("/", "/", "/"));
            assertThat(server.received())
                    .extracting(TestServer.Received::clientPort)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void cookies_go_with_the_user_whichever_instance_set_them() throws Exception {
        try (TestServer one = new TestServer(request -> Reply.of(
                        200,
                        "",
                        "Set-Cookie",
                        "sid=\"a b\"; Path=/; Secure; HttpOnly",
                        "Set-Cookie",
                        "deep=1; Path=/x"));
                TestServer two =
                        new TestServer(request -> Reply.of(200, "", "Set-Cookie", "sid=; Max-Age=0; Path=/"))) {
            Conversation conversation = Conversation.start(SETTINGS);
            List<Step> steps =
                    hurl("GET /\nGET /x/y\nGET /\n# user: bob\nGET /").steps();
            conversation.play(steps.get(0), one.target("web.1"));
            Conversation other = conversation.copy();
            conversation.play(steps.get(1), two.target("web.2"));
            conversation.play(steps.get(2), two.target("web.2"));
            conversation.play(steps.get(3), two.target("web.2"));
            other.play(steps.get(2), two.target("web.2"));
            assertThat(two.received())
                    .extracting(request -> request.header("Cookie"))
                    .containsExactly("deep=1; sid=\"a b\"", "", "", "sid=\"a b\"");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a=1; Domain=localhost                          | a=1
            a=1; Domain=example.org                        |
            a=1; Path=/other                               |
            a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT     |
            a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT     | a=1
            a=1; Max-Age=60                                |
            a={"b":1}                                      | a={"b":1}
            =1                                             |
            a                                              |
            """)
    void cookies_follow_the_rules_of_browsers(String line, String sent) throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (TestServer server = new TestServer(request -> Reply.of(200, "", "Set-Cookie", line))) {
            Conversation conversation = Conversation.start(SETTINGS.withClock(now::get));
            Step step = steps("/").steps().getFirst();
            conversation.play(step, server.target("web.1"));
            now.set(now.get().plusSeconds(61));
            conversation.play(step, server.target("web.1"));
            assertThat(server.received().getLast().header("Cookie")).isEqualTo(sent == null ? "" : sent);
        }
    }

    @Test
    void captured_values_are_sent_later_and_drawn_ones_are_remembered() throws Exception {
        try (TestServer server = new TestServer(request -> Reply.of(
                201,
                "{\"user\": {\"id\": 17}, \"next\": \"http://127.0.0.1:1/page?x=1#top\"}",
                "Content-Type",
                "application/json",
                "Location",
                "/users/17/photos"))) {
            List<Exchange> exchanges = play(server, hurl("""
                    POST /users/{{run}}/{{newUuid}}/{{newUuid}}
                    HTTP 201
                    [Captures]
                    id: jsonpath "$.user.id"
                    next: jsonpath "$.next"
                    part: header "Location" regex "/users/(\\\\d+)"
                    GET /users/{{id}}/{{part}}
                    GET {{next}}
                    """));
            assertThat(server.received().get(1).target()).isEqualTo("/users/17/17");
            assertThat(server.received().get(2).target()).isEqualTo("/page?x=1");
            Map<String, String> values = exchanges.getFirst().values();
            assertThat(values)
                    .containsKeys("{{run}}", "{{newUuid}} of step 1 #1", "{{newUuid}} of step 1 #2")
                    .containsEntry("{{id}}", "17");
            assertThat(server.received().getFirst().target())
                    .isEqualTo("/users/" + values.get("{{run}}") + "/" + values.get("{{newUuid}} of step 1 #1") + "/"
                            + values.get("{{newUuid}} of step 1 #2"));
        }
    }

    @Test
    void what_was_expected_and_did_not_come_is_told() throws Exception {
        try (TestServer server = new TestServer(
                request -> Reply.of(401, "{\"error\": \"who?\", \"n\": 3}", "Content-Type", "application/json"))) {
            List<Exchange> exchanges = play(server, hurl("""
                    GET /me
                    HTTP 200
                    [Captures]
                    id: jsonpath "$.id"
                    [Asserts]
                    jsonpath "$.n" > 2
                    jsonpath "$.n" == 3
                    jsonpath "$.error" not contains "who"
                    jsonpath "$.email" exists
                    jsonpath "$.email" not exists
                    GET /users/{{id}}
                    GET /plain
                    """));
            assertThat(exchanges.get(0).unmet())
                    .satisfiesExactly(
                            first -> assertThat(first).isEqualTo("expected status 200, got 401"),
                            second -> assertThat(second)
                                    .isEqualTo("nothing to capture as 'id': the response has no jsonpath \"$.id\""),
                            third -> assertThat(third)
                                    .endsWith(
                                            ":8:1: expected jsonpath \"$.error\" not contains \"who\", but it is \"who?\""),
                            fourth -> assertThat(fourth)
                                    .endsWith(":9:1: expected jsonpath \"$.email\" exists, but there is none"));
            assertThat(exchanges.get(1).outcome())
                    .isEqualTo(new Outcome.NotSent("no value for {{id}}: no earlier step could capture it"));
            assertThat(exchanges.get(2).unmet()).containsExactly("expected status 2xx or 3xx, got 401");
        }
    }

    @Test
    void a_step_that_polls_is_sent_until_it_is_as_expected() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TestServer server = new TestServer(request ->
                Reply.of(200, asked.incrementAndGet() < 3 ? "working" : "done", "Set-Cookie", "n=" + asked))) {
            String poll = "GET /job\n[Options]\nretry: %d\nretry-interval: 1ms\nHTTP 200\n[Asserts]\nbody == \"done\"";
            Exchange tooFew = play(server, hurl(poll.formatted(1))).getFirst();
            assertThat(tooFew.attempts()).isEqualTo(2);
            assertThat(tooFew.isAsExpected()).isFalse();
            assertThat(server.received().getLast().header("Cookie")).isEqualTo("n=1");
            Exchange enough = play(server, hurl(poll.formatted(9))).getFirst();
            assertThat(enough.attempts()).isEqualTo(1);
            assertThat(enough.isAsExpected()).isTrue();
        }
    }

    @Test
    void steps_never_leave_the_application_and_redirects_are_not_followed() throws Exception {
        try (TestServer server = new TestServer(request -> Reply.of(302, "", "Location", "http://example.org/"))) {
            List<Exchange> exchanges =
                    play(server, hurl("GET /\nHTTP 302\n[Captures]\nnext: header \"Location\"\nGET {{next}}"));
            assertThat(server.received()).hasSize(1);
            assertThat(exchanges.get(1).outcome())
                    .isInstanceOfSatisfying(
                            Outcome.NotSent.class,
                            outcome -> assertThat(outcome.why())
                                    .isEqualTo(
                                            "'http://example.org/' is not the application's: steps go to http://localhost:8080"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ~                                              | NO_RESPONSE
            HTTP/1.1 200 OK~Content-Length: 10~~abc        | CUT_OFF
            HTTP/1.1 200 OK~Transfer-Encoding: chunked~~a~ | CUT_OFF
            SSH-2.0-OpenSSH~~                              | MALFORMED
            """)
    void whatever_goes_wrong_on_the_wire_is_an_outcome(String response, Outcome.Failure failure) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofVirtual().start(() -> answer(server, response.replace("~", "\r\n")));
            assertThat(playAt(server.getLocalPort(), SETTINGS))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure()).isEqualTo(failure));
            answering.join(Duration.ofSeconds(10));
        }
    }

    private static void answer(ServerSocket server, String response) {
        try (Socket socket = server.accept();
                OutputStream out = socket.getOutputStream()) {
            socket.getInputStream().readNBytes(20);
            if (!response.isBlank()) {
                out.write(response.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_response_that_drips_is_given_up_in_time() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread dripping = Thread.ofVirtual().start(() -> drip(server));
            assertThat(playAt(server.getLocalPort(), SETTINGS.withLimit(Duration.ofMillis(300))))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure()).isEqualTo(Outcome.Failure.TIMED_OUT));
            assertThat(dripping.join(Duration.ofSeconds(10)))
                    .as("the connection was closed")
                    .isTrue();
        }
    }

    private static void drip(ServerSocket server) {
        try (Socket socket = server.accept()) {
            while (true) {
                socket.getOutputStream().write('H');
                Thread.sleep(20);
            }
        } catch (IOException | InterruptedException e) {
            return;
        }
    }

    @Test
    void an_instance_that_is_gone_is_an_outcome() throws Exception {
        assertThat(playAt(TcpPorts.free(), SETTINGS))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isEqualTo(Outcome.Failure.NOT_CONNECTED));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text/html; charset=bogus | ö
            text/html; charset="     | ö
            ;;;                      | ö
            text/html; charset=UTF-8 | ö
            """)
    void a_body_is_read_whatever_its_content_type_says(String contentType, String text) throws Exception {
        try (TestServer server = new TestServer(request -> Reply.of(200, text, "Content-Type", contentType))) {
            Response response = play(server, steps("/")).getFirst().response().orElseThrow();
            assertThat(response.text()).isEqualTo(text);
        }
    }

    @Test
    void a_large_body_is_kept_in_part_and_known_whole() throws Exception {
        String large = "x".repeat(Content.KEPT + 5);
        try (TestServer server = new TestServer(request -> Reply.of(200, large))) {
            Content content =
                    play(server, steps("/")).getFirst().response().orElseThrow().content();
            assertThat(content.isComplete()).isFalse();
            assertThat(content.length()).isEqualTo(large.length());
            assertThat(content.bytes()).hasSize(Content.KEPT);
            assertThat(content.sha256Hex())
                    .isEqualTo(
                            Content.of(large.getBytes(StandardCharsets.UTF_8)).sha256Hex());
        }
    }

    @Test
    void what_a_recording_held_is_sent_where_the_response_has_no_such_value() throws Exception {
        Selection id = Selection.of(new Query.Json(JsonPath.parse("$.items[3].id")));
        Step list = steps("/list").steps().getFirst().withCaptures(List.of(new Capture("id", id, Optional.of("17"))));
        try (TestServer server = new TestServer(request -> Reply.of(200, "{\"items\": []}"))) {
            Conversation conversation = Conversation.start(SETTINGS);
            assertThat(conversation.play(list, server.target("web.1")).isAsExpected())
                    .isTrue();
            Request item = Request.of("GET", Template.parse("/items/{{id}}"));
            conversation.play(list.withRequest(item).withCaptures(List.of()), server.target("web.1"));
            assertThat(server.received()).extracting(Received::target).containsExactly("/list", "/items/17");
        }
    }

    private static Outcome playAt(int port, PlaySettings settings) throws InterruptedException {
        Target target = new Target("web.1", URI.create("http://127.0.0.1:" + port));
        return Conversation.start(settings)
                .play(steps("/").steps().getFirst(), target)
                .outcome();
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(Arrays.asList(lines), Path.of("."), Set.of());
    }

    private Scenario hurl(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("test.hurl"), text);
        return ScenarioFiles.read(List.of(file), Set.of("name")).getFirst();
    }

    private static List<Exchange> play(TestServer server, Scenario scenario) throws InterruptedException {
        Conversation conversation = Conversation.start(SETTINGS.withVariables(Map.of("name", "A \"B\"")));
        List<Exchange> exchanges = new ArrayList<>();
        for (Step step : scenario.steps()) {
            exchanges.add(conversation.play(step, server.target("web.1")));
        }
        return exchanges;
    }
}
