package dev.coatcheck.prove.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingsTest {
    private static final String TOKEN = "4f1c9a77d2e0";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            GET /photos/17/raw           | {"id": 17}                  | GET /photos/{{step1-1}}/raw | jsonpath "$.id"
            GET /photos?photo_id=17      | {"photo_id": 17}            | GET /photos?photo_id={{step1-1}} | jsonpath "$.photo_id"
            GET /a/4f1c9a77d2e0?x=1      | {"a": [{"t": "4f1c9a77d2e0"}]} | GET /a/{{step1-1}}?x=1    | jsonpath "$.a[0].t"
            GET /find?q=a%2Bb%40c.d17    | {"mail": "a+b@c.d17"}       | GET /find?q={{step1-1}}     | jsonpath "$.mail" urlEncode
            GET /photos/17/raw           | {"count": 17}               | GET /photos/17/raw          |
            GET /photos/17/raw           | {"id": 18}                  | GET /photos/17/raw          |
            GET /photos/admin            | {"role": "admin"}           | GET /photos/admin           |
            """)
    void a_value_of_a_json_answer_is_captured_where_it_is_sent_again(
            String request, String answer, String title, String selection) {
        List<Step> bound = bind(List.of("GET /first", request), response(answer, "Content-Type", "application/json"));
        assertThat(bound.get(1).title()).isEqualTo(title);
        assertThat(bound.get(0).captures())
                .extracting(capture -> capture.selection().toString())
                .isEqualTo(selection == null ? List.of() : List.of(selection));
    }

    @Test
    void tokens_in_headers_and_bodies_are_bound() {
        List<Step> bound = bind(
                List.of("POST /login", """
                        POST /photos
                        Authorization: Bearer 4f1c9a77d2e0
                        X-Csrf: c-99-token
                        {"token": "4f1c9a77d2e0", "owner": 7, "4f1c9a77d2e0": "cat", "size": 70}
                        """, "POST /form\n[Form]\ntoken: 4f1c9a77d2e0\ntext: see 4f1c9a77d2e0"),
                response(
                        "{\"token\": \"" + TOKEN + "\", \"owner\": 7}",
                        "Content-Type",
                        "application/json",
                        "X-Csrf-Token",
                        "c-99-token"),
                response(""));
        assertThat(bound.get(1).request().headers())
                .extracting(field -> field.value().toString())
                .containsExactly("Bearer {{step1-1}}", "{{step1-2}}");
        assertThat(bound.get(1).request().body())
                .asString()
                .contains(
                        "{\"token\": \"{{step1-1}}\", \"owner\": {{step1-3}}, \"4f1c9a77d2e0\": \"cat\", \"size\": 70}");
        assertThat(bound.get(2).request().body()).asString().contains("value={{step1-1}}", "value=see {{step1-1}}");
        assertThat(bound.getFirst().captures())
                .extracting(Capture::toString)
                .containsExactly(
                        "Capture[name=step1-1, selection=jsonpath \"$.token\", recorded=Optional[4f1c9a77d2e0]]",
                        "Capture[name=step1-2, selection=header \"X-Csrf-Token\", recorded=Optional[c-99-token]]",
                        "Capture[name=step1-3, selection=jsonpath \"$.owner\", recorded=Optional[7]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"caption\": \"\", \"album\": \"4f1c9a77d2e0\", \"note\": \"\"}",
                "{\"caption\": \"say \\\"yes\\\"\", \"album\": \"4f1c9a77d2e0\"}",
                "{\"back\": \"{{BASE_URL}}/x\", \"album\": \"4f1c9a77d2e0\", \"next\": \"{{BASE_URL}}\"}",
                "`{\"album\": \"4f1c9a77d2e0\"}`"
            })
    void a_token_is_bound_wherever_it_stands_in_json(String body) {
        List<Step> bound = bind(
                List.of("POST /albums", "POST /photos\n" + body),
                response("{\"t\": \"" + TOKEN + "\"}", "Content-Type", "application/json"));
        assertThat(bound.get(1).request().body())
                .asString()
                .contains(body.replace(TOKEN, "{{step1-1}}").replace("`", ""));
    }

    @Test
    void hidden_fields_metas_links_and_locations_are_sources() {
        String page = """
                <html><head><meta name="csrf-token" content="meta-17-token"></head>
                <form><input type="hidden" name="_csrf" value="a&amp;b-17-hidden"></form>
                <p>See <a href="/albums/al-5577?x=1">your album</a></p></html>""";
        List<Step> bound = bind(
                List.of(
                        "GET /form",
                        "POST /photos\nX-CSRF-Token: meta-17-token\n[Form]\n_csrf: a&b-17-hidden",
                        "GET /photos/31",
                        "GET /albums/al-5577"),
                response(page, "Content-Type", "text/html"),
                response("", "Location", "http://localhost:1/photos/31?done=1"),
                response(""));
        assertThat(bound.get(1).request().headers().getFirst().value()).hasToString("{{step1-1}}");
        assertThat(bound.get(1).request().body()).asString().contains("value={{step1-2}}");
        assertThat(bound.get(2).title()).isEqualTo("GET /photos/{{step2-1}}");
        assertThat(bound.get(3).title()).isEqualTo("GET /albums/{{step1-3}}");
        assertThat(bound.get(0).captures())
                .extracting(capture -> capture.selection().toString())
                .containsExactly(
                        "meta \"csrf-token\"",
                        "form field \"_csrf\"",
                        "body between \"<p>See <a href=\\\"/albums/\" and \"?\"");
    }

    @Test
    void the_latest_response_that_held_a_value_gives_it() {
        List<Step> bound = bind(
                List.of("GET /a", "GET /b", "GET /c/4f1c9a77d2e0"),
                response("{\"t\": \"" + TOKEN + "\"}", "Content-Type", "application/json"),
                response("{\"u\": \"" + TOKEN + "\"}", "Content-Type", "application/json"));
        assertThat(bound.get(2).title()).isEqualTo("GET /c/{{step2-1}}");
    }

    @Test
    void what_the_user_said_first_stays() {
        List<Step> bound = bind(
                List.of("POST /login\n[Form]\nemail: ann17@b.c", "GET /users/ann17@b.c"),
                response("{\"email\": \"ann17@b.c\"}", "Content-Type", "application/json"));
        assertThat(bound.get(1).title()).isEqualTo("GET /users/ann17@b.c");
    }

    /** The steps, bound by what came as response to each; the last one needs none. */
    private static List<Step> bind(List<String> requests, Response... responses) {
        Scenario scenario = HurlReader.read(Path.of("test.hurl"), String.join("\n\n", requests), Set.of());
        List<Recorded> recorded = new ArrayList<>();
        IntStream.range(0, requests.size())
                .forEach(i -> recorded.add(
                        new Recorded(scenario.steps().get(i), i < responses.length ? responses[i] : response(""))));
        return Bindings.find(recorded).bind(scenario).steps();
    }

    private static Response response(String body, String... headers) {
        List<Header> list = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(new Header(headers[i], headers[i + 1]));
        }
        return new Response(200, list, Content.of(body.getBytes(StandardCharsets.UTF_8)));
    }
}
