package dev.coatcheck.prove.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.coatcheck.prove.scenario.http.HttpFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFileTest {
    @TempDir
    private Path folder;

    @Test
    void requests_stand_between_lines_of_three_hashes() {
        List<Step> steps = steps("""
                # a comment
                @host = http://localhost:8080
                @name=ann
                @mail = {{name}}@b.c

                ### Log in
                POST {{host}}/login HTTP/1.1
                Content-Type: application/json
                // another comment
                X-Mail: {{mail}}

                {
                  "name": "{{name}}"
                }

                ###
                # user: bob
                {{host}}/find
                    ?q=a
                    &n={{$randomInt 7 8}}

                ###

                DELETE /photos/1
                Authorization: Basic ann secret
                Cookie: a={{name}}; b=c
                """);
        assertThat(steps)
                .extracting(Step::title)
                .containsExactly("POST /login", "GET /find?q=a&n=7", "DELETE /photos/1");
        assertThat(steps).extracting(Step::user).containsExactly("user", "bob", "bob");
        assertThat(steps).extracting(step -> step.line().orElseThrow()).containsExactly(7, 18, 24);
        assertThat(steps.get(0).request().headers())
                .extracting(header -> header.name() + ": " + header.value())
                .containsExactly("Content-Type: application/json", "X-Mail: ann@b.c");
        assertThat(steps.get(0).request().body())
                .isEqualTo(new Body.Json(Template.literal("{\n  \"name\": \"ann\"\n}")));
        assertThat(steps.get(2).request().headers())
                .extracting(header -> header.value().toString())
                .containsExactly("Basic YW5uOnNlY3JldA==");
        assertThat(steps.get(2).request().cookies())
                .containsExactly(new Field("a", Template.literal("ann")), new Field("b", Template.literal("c")));
        assertThat(steps.get(0).expectation()).isEqualTo(Expectation.SUCCESS);
    }

    @Test
    void what_a_part_says_of_itself_is_sent() {
        Step step = steps("""
                POST http://{{host}}/photos
                Content-Type: multipart/form-data; boundary=X

                --X
                Content-Disposition: form-data; name="about"
                Content-Type: application/json

                {"a": 1}
                --X
                Content-Disposition: form-data; name="note"; filename="note.txt"

                hello
                --X--
                """).getFirst();
        assertThat(step.title()).isEqualTo("POST /photos");
        assertThat(step.request().body())
                .isEqualTo(new Body.Multipart(List.of(
                        Body.BytesPart.of(
                                "about",
                                java.util.Optional.empty(),
                                "application/json",
                                "{\"a\": 1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        Body.BytesPart.of(
                                "note",
                                java.util.Optional.of("note.txt"),
                                "text/plain",
                                "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8)))));
    }

    @Test
    void a_web_socket_is_opened_where_the_requests_go() {
        assertThat(steps("""
                POST http://{{host}}/login

                ###
                WEBSOCKET ws://{{host}}/live

                hello
                """)).extracting(Step::title).first().isEqualTo("POST /login");
    }

    @Test
    void a_status_is_expected_where_one_alone_is_asserted() {
        List<Step> steps = steps("""
                GET /a
                > {% client.test("a", function() { client.assert(response.status === 404, "gone"); }); %}
                ###
                GET /b
                > {% client.assert(response.status === 200 || response.status === 201); %}
                ###
                GET /c
                > {% client.test("c", function() { if (response.status === 404) { client.log("x"); } }); %}
                ###
                GET /d
                > {% client.assert(!(response.status === 500)); %}
                """);
        assertThat(steps.getFirst().expectation().status().toString()).isEqualTo("404");
        assertThat(steps.subList(1, 4)).extracting(Step::expectation).containsOnly(Expectation.SUCCESS);
    }

    @Test
    void what_a_named_request_was_answered_is_captured() {
        List<Step> steps = steps("""
                # @name login
                POST {{baseUrl}}/login

                ### made
                POST {{baseUrl}}/photos
                Authorization: Bearer {{login.response.body.$.user.token}}

                ###
                GET {{baseUrl}}{{made.response.headers.Location}}?t={{login.response.body.$.user.token}}
                """);
        assertThat(steps)
                .extracting(Step::title)
                .containsExactly("POST /login", "POST /photos", "GET {{step2-1}}?t={{step1-1}}");
        assertThat(steps.get(0).captures())
                .hasToString("[Capture[name=step1-1, selection=jsonpath \"$.user.token\", recorded=Optional.empty]]");
        assertThat(steps.get(1).captures())
                .hasToString("[Capture[name=step2-1, selection=header \"Location\", recorded=Optional.empty]]");
        assertThat(steps.get(1).request().headers().getFirst().value()).hasToString("Bearer {{step1-1}}");
    }

    @Test
    void what_a_script_keeps_is_captured_and_the_status_that_it_asks_for_is_expected() {
        Reading reading = read("""
                POST http://localhost/login

                > {%
                    // keeps the token
                    client.global.set("token", response.body.user["token"]);
                    client.global.set('next', response.headers.valueOf("Location"))
                    client.log(response.status);
                    client.test("created", function () {
                        client.assert(response.status === 201, "not (created)");
                    });
                %}

                ###
                GET http://localhost/me
                Authorization: Bearer {{token}}

                > {% client.test("a", () => { client.assert(response.body.name === "ann") }) %}
                >> answer.json
                """);
        List<Step> steps = reading.scenario().steps();
        assertThat(steps).extracting(Step::title).containsExactly("POST /login", "GET /me");
        assertThat(steps.getFirst().captures())
                .extracting(Capture::toString)
                .containsExactly(
                        "Capture[name=token, selection=jsonpath \"$.user.token\", recorded=Optional.empty]",
                        "Capture[name=next, selection=header \"Location\", recorded=Optional.empty]");
        assertThat(steps.getFirst().expectation().status()).hasToString("201");
        assertThat(reading.notes())
                .containsExactly(
                        "the scenario 'test': the test in line 17 is not run; the whole response is compared with"
                                + " that of an unsplit run");
    }

    @Test
    void bodies_are_text_forms_parts_and_files() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        Files.writeString(folder.resolve("mail.json"), "{\"mail\": \"{{mail}}\"}");
        List<Step> steps = steps("""
                @mail = a+b@c.d
                POST /form
                Content-Type: application/x-www-form-urlencoded

                a=1%2B1
                &mail={{mail}}

                ###
                PUT /photo
                Content-Type: image/jpeg

                < ./cat.jpg
                ###
                POST /mail
                Content-Type: application/json

                <@ mail.json
                ###
                POST /photos
                Content-Type: multipart/form-data; boundary=X

                --X
                Content-Disposition: form-data; name="title"

                Cat {{run}}
                --X
                Content-Disposition: form-data; name="photo"; filename="cat.jpg"
                Content-Type: image/png

                < ./cat.jpg
                --X--
                ###
                POST /text
                Content-Type: text/plain

                one

                {{$uuid}}
                """);
        assertThat(steps)
                .extracting(step -> step.request().body())
                .containsExactly(
                        new Body.Form(List.of(
                                new Field("a", Template.literal("1+1")),
                                new Field("mail", Template.literal("a b@c.d")))),
                        new Body.File(folder.resolve("cat.jpg"), "image/jpeg"),
                        new Body.Json(Template.literal("{\"mail\": \"a+b@c.d\"}")),
                        new Body.Multipart(List.of(
                                new Body.TextPart("title", Template.parse("Cat {{run}}")),
                                new Body.FilePart("photo", folder.resolve("cat.jpg"), "image/png"))),
                        new Body.Text(Template.parse("one\n\n{{newUuid}}"), ""));
        assertThat(steps.get(3).request().headers()).isEmpty();
    }

    @Test
    void what_is_given_is_stronger_than_what_the_file_says() {
        Reading reading = HttpFileReader.read(
                folder.resolve("test.http"), "@name = ann\nGET /{{name}}/{{password}}", Set.of("name", "password"));
        assertThat(reading.scenario().steps().getFirst().title()).isEqualTo("GET /{{name}}/{{password}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            GET /a/{{b}}                              | test.http:1:8: the variable 'b' has no value here
            # only a comment                          | test.http: holds no request
            post /a                                   | test.http:1:1: expected a path that begins with '/'
            GRPC localhost/Greeter                    | :1:1: GRPC is not played
            GET /a<>### x<>GET http://one/<>###<>GET http://two/ | :5:1: goes to http://two, while the first request goes to http://one
            GET /{{login.response.body.$.x}}          | no request before this one is named 'login'
            # @name a<>GET /<>###<>GET /{{a.response.body.$..x}} | :4:1: '..' searches a whole document
            # @name a<>GET /<>###<>GET /{{a.response.body./x/y}} | :4:1: {{a.response.body./x/y}} is an XPath
            # @name a<>GET /<>###<>GET /{{a.request.body.$.x}}   | :4:1: {{a.request.body.$.x}} asks for a request
            GET /{{$processEnv HOME}}                 | :1:1: {{$processEnv HOME}} is not known; known are {{$uuid}}
            @a = {{b}}<>@b = {{a}}<>GET /{{a}}        | :3:1: the variables of this line are made of each other
            @9 = 1<>GET /                             | :1:1: expected '@name = value'
            GET /<>no header                          | :2:1: expected a header, written 'Name: value'
            POST /<><>< ./none.txt                    | :3:1: there is no file './none.txt' beside the scenario
            POST /<><>< ../../etc/passwd              | :3:1: '../../etc/passwd' is outside the scenario's folder
            POST /<><>{"a": x}                        | :3:7: this is not JSON
            GET /<>Authorization: Basic {{run}} {{run}} | :2:1: a name and a password that are given later
            POST /<><>a<>< ./none.txt                 | :4:1: a file is the whole of a body or of a part
            POST /<>Content-Type: multipart/form-data; boundary=X<><>--X<>Content-Disposition: form-data; name="a"<><><@ ./a<>--X-- | :7:1: a file is the whole of a body
            POST /<>Content-Type: multipart/form-data<><>--X | :4:1: the header Content-Type says no boundary
            GET /<><>> {% client.global.set("a", 1 + 1) %}   | :3:1: this script is not run: client.global.set("a", 1 + 1)
            GET /<><>> {%<>  eval("x")<>%}            | :4:1: this script is not run: eval("x")
            GET /<><>> {% client.log("x")             | :3:1: this script is never closed
            GET /<><>> ./handler.js                   | :3:1: this is not understood: > ./handler.js
            < {% request.variables.set("a", 1) %}<>GET / | :1:1: a script before a request is not run
            import other.http                         | :1:1: no request follows here
            """)
    void what_is_wrong_or_not_taken_is_refused_with_its_line(String text, String message) {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read(text.replace("<>", "\n")))
                .withMessageContaining(message);
    }

    @Test
    void files_of_this_notation_are_known_by_their_names() throws IOException {
        for (String name : List.of("login.http", "login.rest")) {
            Path file = Files.writeString(folder.resolve(name), "\uFEFFGET /\r\n\r\n###\r\nGET /b\r\n");
            Scenario scenario = ScenarioFiles.read(file, Set.of()).scenario();
            assertThat(scenario.name()).isEqualTo("login");
            assertThat(scenario.steps()).extracting(Step::title).containsExactly("GET /", "GET /b");
        }
        Path other = Files.writeString(folder.resolve("login.txt"), "GET /");
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> ScenarioFiles.read(other, Set.of()))
                .withMessageContaining("expected a file NAME.hurl, NAME.http, or a recording NAME.har");
    }

    private Reading read(String text) {
        return HttpFileReader.read(folder.resolve("test.http"), text, Set.of());
    }

    private List<Step> steps(String text) {
        return read(text).scenario().steps();
    }
}
