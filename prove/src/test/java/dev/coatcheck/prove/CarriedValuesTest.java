package dev.coatcheck.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.ScenarioFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarriedValuesTest {
    @TempDir
    Path folder;

    @Test
    void of_what_a_step_gave_a_later_one_needs_what_it_names_and_else_its_cookies() throws IOException {
        Path file = folder.resolve("upload.hurl");
        Files.writeString(file, """
                POST {{BASE_URL}}/uploads
                HTTP 201
                [Captures]
                id: jsonpath "$.id"
                etag: header "ETag"

                PUT {{BASE_URL}}/uploads/{{id}}
                HTTP 204

                GET {{BASE_URL}}/me
                HTTP 200
                """);
        Scenario scenario = ScenarioFiles.read(List.of(file), List.of()).getFirst();
        Response response = new Response(201, List.of(new Header("Set-Cookie", "sid=4821")), Content.of(new byte[0]));
        Exchange upload = new Exchange(
                scenario.steps().getFirst(),
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                new Outcome.Answered(new SentRequest("POST", "/uploads", List.of(), ""), response),
                List.of(),
                Map.of("{{id}}", "17", "{{etag}}", "0123456789abcdef"),
                1,
                Instant.EPOCH,
                Duration.ZERO);

        assertThat(CarriedValues.givenAndCarried(upload, scenario.steps().get(1), false))
                .containsExactly(Map.entry("{{id}} of step 1", "17"));
        assertThat(CarriedValues.givenAndCarried(upload, scenario.steps().get(1), true))
                .containsOnlyKeys("{{id}} of step 1", "the cookie sid of step 1");
        assertThat(CarriedValues.givenAndCarried(upload, scenario.steps().getLast(), false))
                .containsExactly(Map.entry("the cookie sid of step 1", "4821"));
        assertThat(CarriedValues.given(upload)).containsKey("{{etag}} of step 1");
    }

    @Test
    void what_a_request_brought_is_named_by_its_place_and_passwords_are_left_out() throws IOException {
        Exchange login = posted(
                "/tenants/rakes/login?user=ann&password=hunter22",
                "{\"card\": \"4711\", \"pass\": \"hunter23\", \"password\": {\"value\": \"hunter24\"}}");

        assertThat(CarriedValues.of(login))
                .containsOnly(
                        Map.entry("the request's 'card' of step 1", "4711"),
                        Map.entry("part 1 of the path of step 1", "tenants"),
                        Map.entry("part 2 of the path of step 1", "rakes"),
                        Map.entry("part 3 of the path of step 1", "login"),
                        Map.entry("the parameter user of step 1", "ann"));
    }

    @Test
    void a_text_that_is_neither_fields_nor_json_is_a_value_as_a_whole() throws IOException {
        assertThat(CarriedValues.of(posted("/", "Vanda coerulea\n")))
                .containsOnly(Map.entry("the body of step 1", "Vanda coerulea"));
        assertThat(CarriedValues.of(posted("/", "@cat.jpg"))).isEmpty();
        assertThat(CarriedValues.of(posted("/", "(12 bytes)"))).isEmpty();
    }

    @Test
    void each_element_of_a_list_is_a_value() throws IOException {
        assertThat(CarriedValues.of(posted("/", "{\"goods\": [\"rake\", \"spade\"]}")))
                .containsValues("rake", "spade");
        assertThat(CarriedValues.of(posted("/", "[\"rake\", \"spade\"]")))
                .containsOnlyKeys("the request's value of step 1", "the request's value, no. 2, of step 1");
    }

    @Test
    void of_a_document_of_graphql_its_literals_are_values_and_its_code_is_none() throws IOException {
        assertThat(CarriedValues.of(posted(
                        "/graphql",
                        "{\"query\": \"mutation { add(title: \\\"milk\\\", note: \\\"two\\\") { id } }\"}")))
                .containsOnly(
                        Map.entry("part 1 of the path of step 1", "graphql"),
                        Map.entry("a literal in the request's 'query' of step 1", "milk"),
                        Map.entry("a literal in the request's 'query', no. 2, of step 1", "two"));
        assertThat(CarriedValues.of(posted("/search", "{\"query\": \"a {good} rake\"}")))
                .containsValue("a {good} rake");
    }

    private Exchange posted(String target, String body) throws IOException {
        Path file = folder.resolve("post.hurl");
        Files.writeString(file, "POST {{BASE_URL}}/any\nHTTP 200\n");
        return new Exchange(
                ScenarioFiles.read(List.of(file), List.of()).getFirst().steps().getFirst(),
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                new Outcome.Answered(
                        new SentRequest("POST", target, List.of(), body),
                        new Response(200, List.of(), Content.of(new byte[0]))),
                List.of(),
                Map.of(),
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
