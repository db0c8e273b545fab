package dev.coatcheck.prove.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HurlTest {
    private static final String EVERYTHING = """
            # A person registers, and uploads a photo.
            POST {{BASE_URL}}/register  # one line
            Accept: application/json
            X-Hash: a\\#b\\u{21}
            [QueryStringParams]
            lang: en
            [Cookies]
            theme: dark
            [Options]
            retry: 20
            retry-interval: 250ms
            {
              "email": "{{run}}@b.c",
              "age": {{age}}, "nested": {"a": ["}", "\\"{"]}
            }

            HTTP/1.1 201
            Content-Type: application/json
            [Captures]
            id: jsonpath "$.user.id"
            page: header "Location" regex "/photos/(\\\\d+)"
            [Asserts]
            status == 201
            jsonpath "$.user.email" == "{{run}}@b.c"
            jsonpath "$.roles" count >= 1
            jsonpath "$.roles" not isEmpty
            cookie "sid" exists
            body contains "welcome"
            jsonpath "$.deleted" != true
            jsonpath "$.owner" == {{id}}
            header "X-Id" matches /^[0-9a-f]{4}\\/x$/

            # user: bob
            POST /photos/{{page}}
            [MultipartFormData]
            title: A cat
            photo: file,cat.jpg; image/png
            HTTP *

            GET /login
            [Form]
            email: {{id}}
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void aFileBesideTheScenario() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
    }

    @Test
    void all_that_the_subset_has_is_read() {
        List<Step> steps = read(EVERYTHING);
        assertThat(steps).hasSize(3);
        Step register = steps.getFirst();
        Request request = register.request();
        assertThat(register.title()).isEqualTo("POST /register");
        assertThat(request.headers())
                .containsExactly(
                        new Field("Accept", Template.literal("application/json")),
                        new Field("X-Hash", Template.literal("a#b!")));
        assertThat(request.query()).containsExactly(new Field("lang", Template.literal("en")));
        assertThat(request.cookies()).containsExactly(new Field("theme", Template.literal("dark")));
        assertThat(request.body())
                .isInstanceOfSatisfying(
                        Body.Json.class,
                        json -> assertThat(json.text().renderJson(name -> name.equals("run") ? "a\"b" : "17"))
                                .contains("\"email\": \"a\\\"b@b.c\"", "\"age\": 17"));
        assertThat(register.polling()).isEqualTo(new Polling(20, Duration.ofMillis(250)));
        assertThat(register.expectation().status()).isEqualTo(new Expectation.Exactly(201));
        assertThat(register.captures())
                .extracting(Capture::toString)
                .hasSize(2)
                .first()
                .isEqualTo("Capture[name=id, selection=jsonpath \"$.user.id\", recorded=Optional.empty]");
        assertThat(register.expectation().assertions())
                .extracting(Assertion::toString)
                .containsExactly(
                        "header \"Content-Type\" == \"application/json\"",
                        "status == 201",
                        "jsonpath \"$.user.email\" == \"{{run}}@b.c\"",
                        "jsonpath \"$.roles\" count >= 1",
                        "jsonpath \"$.roles\" not isEmpty",
                        "cookie \"sid\" exists",
                        "body contains \"welcome\"",
                        "jsonpath \"$.deleted\" not == true",
                        "jsonpath \"$.owner\" == {{id}}",
                        "header \"X-Id\" matches \"^[0-9a-f]{4}/x$\"");
        assertThat(steps.get(1).request().body())
                .isEqualTo(new Body.Multipart(List.of(
                        new Body.TextPart("title", Template.literal("A cat")),
                        new Body.FilePart("photo", folder.resolve("cat.jpg"), "image/png"))));
        assertThat(steps.get(1).expectation().status()).isEqualTo(new Expectation.Any());
        assertThat(steps.get(2).expectation()).isEqualTo(Expectation.SUCCESS);
        assertThat(steps).extracting(Step::user).containsExactly("user", "bob", "bob");
    }

    @Test
    void line_ends_of_any_system_and_a_byte_order_mark_make_no_difference() throws IOException {
        Path file = folder.resolve("everything.hurl");
        Files.write(file, ("\uFEFF" + EVERYTHING.replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8));
        Scenario scenario = ScenarioFiles.read(List.of(file), Set.of("age")).getFirst();
        assertThat(scenario.name()).isEqualTo("everything");
        assertThat(scenario.steps())
                .usingRecursiveComparison()
                .ignoringFieldsOfTypes(com.google.re2j.Pattern.class, Place.class, Body.Json.class)
                .isEqualTo(read(EVERYTHING));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            `Hello {{run}}` # comment | Text[text=Hello {{run}}, contentType=]
            ```\\na "b" `c`\\n```      | Text[text=a "b" `c`\\n, contentType=]
            ```json\\n{}\\n```         | Text[text={}\\n, contentType=application/json]
            ```x```                   | Text[text=x, contentType=]
            base64,SGVs\\nbG8=;        | Bytes[base64=SGVsbG8=]
            hex,00ff;                 | Bytes[base64=AP8=]
            [1, [2], {"a": "]"}]      | Json[text=[1, [2], {"a": "]"}]]
            """)
    void bodies_come_in_many_notations(String body, String expected) {
        Step step = read("POST /\n" + body.replace("\\n", "\n") + "\nGET /next").getFirst();
        assertThat(step.request().body()).hasToString(expected.replace("\\n", "\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            hello                                     | 1:1: expected a request, as in
            ~~                                        | holds no request; expected a line such as
            HTTP 200                                  | 1:1: expected a request
            GET /a b                                  | 1:5: the URL has a blank in it; write %20
            GET /\\nnot a header                       | 2:1: expected a header, written 'name: value'
            GET /{{who}}                              | 1:6: the variable 'who' has no value here
            GET /\\n[Unknown]                          | 2:1: there is no section [Unknown] of a request
            GET /\\n[Asserts]                          | 2:1: [Asserts] speaks of the response
            GET /\\n[Form]\\na: b\\n{}                   | 4:1: this request has a body already
            GET /\\n[Form]\\na: b\\n[Form]\\nc: d         | 4:1: this request has a section [Form] already
            GET /\\n[Options]\\nlocation: true          | 3:1: this option is not taken; known are retry
            GET /\\n[Options]\\nretry: -1               | 3:8: expected how often to try again
            GET /\\n[Options]\\nretry-interval: 3 days  | 3:19: 'days' was not expected here
            GET /\\n[Options]\\nretry-interval: 99m     | 3:17: expected a time of at most 10 minutes
            GET /\\n[Multipart]\\na: file,dog.jpg;      | 3:9: there is no file 'dog.jpg' beside the scenario
            GET /\\n[Multipart]\\na: file,../x;         | 3:9: '../x' is outside the scenario's folder
            GET /\\n[Multipart]\\na: file,cat.jpg       | 3:9: expected the name of a file and a semicolon
            GET /\\n  {"a": [1, 2}                     | 2:3: this JSON is never closed
            GET /\\n{\\n"a": x}                         | 3:6: this is not JSON
            GET /\\n```\\nabc                           | 2:1: this text is never closed; expected ```
            POST /\\n```graphql\\n{ me }\\n```           | 2:1: a text between lines of ``` is json, xml or raw here
            POST /\\n```json,novariable\\n{}\\n```       | found 'json,novariable'
            GET /\\n`abc                               | 2:1: this text is never closed; expected a `
            GET /\\n<a/>                               | 2:1: XML stands between lines of ```
            GET /\\nbase64,A;                          | 2:1: this is no base64
            GET /\\nbase64,AAAA                        | 2:1: this is never closed; expected a semicolon
            GET /\\nHTTP/2 200                         | 2:1: requests are sent by HTTP/1.1
            GET /\\nHTTP 99                            | 2:6: expected a status from 100 to 599
            GET /\\nHTTP 200 OK                        | 2:10: 'OK' was not expected here
            GET /\\nHTTP 200\\n{}                       | 3:1: a body to compare with is not taken here
            GET /\\nHTTP 200\\n[Query]                  | 3:1: there is no section [Query] of a response
            GET /\\nHTTP 200\\n[Captures]\\n1a: body     | 4:1: '1a' is no name for a variable
            GET /\\nHTTP 200\\n[Captures]\\nrun: body    | 4:1: the name 'run' is taken
            GET /\\nHTTP 200\\n[Captures]\\na: xpath "/" | 4:4: xpath is not taken; take the value with regex
            GET /\\nHTTP 200\\n[Captures]\\na: jsonpath "$..a" | 4:13: '..' searches a whole document
            GET /\\nHTTP 200\\n[Captures]\\na: regex "(" | 4:10: this is no regular expression
            GET /\\nHTTP 200\\n[Asserts]\\nstatus        | 4:7: expected a predicate, not ''; known are
            GET /\\nHTTP 200\\n[Asserts]\\nstatus is 3   | 4:8: expected a predicate, not 'is'
            GET /\\nHTTP 200\\n[Asserts]\\nstatus == x   | 4:11: expected a value: a text in quotes
            GET /\\nHTTP 200\\n[Asserts]\\nbody == "a    | 4:9: this text is never closed; expected a "
            GET /\\nHTTP 200\\n[Asserts]\\nbody == "\\q"  | 4:10: there is no such escape; known are
            GET /\\nHTTP 200\\n[Asserts]\\nbody == "a" b | 4:13: 'b' was not expected here
            """)
    void what_is_wrong_is_told_with_line_and_column(String text, String message) {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read(text.replace("\\n", "\n")))
                .withMessageContaining("test.hurl:")
                .withMessageContaining(message);
    }

    @Test
    void a_capture_is_known_in_the_steps_after_it_alone() {
        String capture = "GET /a\nHTTP 200\n[Captures]\nid: body\n";
        assertThat(read(capture + "GET /{{id}}")).hasSize(2);
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read("GET /{{id}}\n" + capture))
                .withMessageContaining("test.hurl:1:6: the variable 'id' has no value here");
    }

    @Test
    void the_address_of_the_application_may_have_a_name_of_its_own() {
        List<Step> steps =
                read("POST {{host}}/login\nOrigin: {{host}}\nHTTP 200\n[Captures]\nid: body\n\nGET {{host}}/{{id}}");

        assertThat(steps).extracting(Step::title).containsExactly("POST /login", "GET /{{id}}");
        assertThat(steps.getFirst().request().headers().getFirst().value().variables())
                .containsExactly(Variables.BASE_URL);
    }

    @Test
    void not_every_name_is_one_for_the_address() {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read("GET {{api_url}}/me"))
                .withMessageContaining("the variable 'api_url' has no value here");
    }

    @Test
    void what_a_later_step_begins_with_is_rather_a_capture_that_was_misspelt() {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read("GET /a\nHTTP 200\n[Captures]\nurl: body\n\nGET {{ulr}}/photos"))
                .withMessageContaining("the variable 'ulr' has no value here");
    }

    @Test
    void files_that_are_no_text_are_refused() throws IOException {
        Path binary = Files.write(folder.resolve("binary.hurl"), new byte[] {'G', 'E', 'T', (byte) 0xff, (byte) 0xfe});
        Path nul = Files.write(folder.resolve("nul.hurl"), new byte[] {'G', 'E', 'T', ' ', '/', '\n', 0});
        Path huge = Files.write(folder.resolve("huge.hurl"), new byte[(8 << 20) + 1]);
        Path har = Files.writeString(folder.resolve("other.har"), "{}");
        assertRefused(binary, "is not UTF-8 text");
        assertRefused(nul, "nul.hurl:2:1: holds a NUL character");
        assertRefused(huge, "is larger than 8 MiB");
        assertRefused(har, "expected a file NAME.hurl");
        assertRefused(folder.resolve("none.hurl"), "cannot be read");
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> ScenarioFiles.read(List.of(file), Set.of()))
                .withMessageContaining(message);
    }

    @Test
    void depth_and_length_are_bounded() {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read("POST /\n" + "[".repeat(100_000) + "]".repeat(100_000)))
                .withMessageContaining("this is not JSON");
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read("GET /\n".repeat(1001)))
                .withMessageContaining("a scenario of more than 1000 requests");
        assertThat(read("GET /" + "a".repeat(1_000_000))).hasSize(1);
        assertThat(read("POST /\n`" + "\\n{{run}}".repeat(50_000) + "`")).hasSize(1);
    }

    @Test
    void no_text_makes_it_fail_otherwise_than_by_saying_what_is_wrong() {
        Random random = new Random(17);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder(EVERYTHING);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(Math.max(1, text.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
                    case 1 -> text.insert(Math.min(at, text.length()), "{{}}[]\"`\\#\n:;,*".charAt(random.nextInt(15)));
                    default -> text.setLength(Math.min(text.length(), at + 1));
                }
            }
            try {
                assertThat(read(text.toString())).isNotEmpty();
            } catch (InvalidScenarioException e) {
                assertThat(e).hasMessageContaining("test.hurl:");
            }
        }
    }

    private List<Step> read(String text) {
        return HurlReader.read(folder.resolve("test.hurl"), text, Set.of("age")).steps();
    }
}
