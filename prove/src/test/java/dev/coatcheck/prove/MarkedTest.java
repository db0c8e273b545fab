package dev.coatcheck.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarkedTest {
    @Test
    void texts_of_a_form_are_longer_but_for_passwords_and_numbers() {
        assertThat(body("POST /login user=Ann&password=secret&age=42&email=a@b.c"))
                .contains("Annk3v9")
                .contains("secret")
                .contains("42")
                .contains("k3v9a@b.c");
    }

    @Test
    void texts_within_json_are_longer() {
        assertThat(body("POST /lists {\"a\": {\"b\": [\"milk\", 3, true]}, \"password\": \"secret\"}"))
                .isEqualTo("{\"a\":{\"b\":[\"milkk3v9\",3,true]},\"password\":\"secret\"}");
    }

    @Test
    void a_variable_keeps_its_place() {
        assertThat(body("POST /lists {\"owner\": \"{{run}}\"}")).isEqualTo("{\"owner\":\"{{run}}k3v9\"}");
    }

    @Test
    void an_id_that_an_earlier_step_gave_stays_as_it_is() {
        assertThat(body("POST /items list={{BASE_URL}}&item=milk"))
                .contains("milkk3v9")
                .doesNotContain("}}k3v9");
    }

    @Test
    void what_decides_which_code_runs_stays_as_it_is() {
        assertThat(body("POST /items _method=PUT&csrf_token=abc&item=milk"))
                .doesNotContain("PUTk3v9", "abck3v9")
                .contains("milkk3v9");
    }

    @Test
    void of_a_document_of_graphql_what_the_user_wrote_is_longer() {
        assertThat(body("POST /graphql {\"query\": \"mutation { add(title: \\\"milk\\\", id: \\\"5\\\") { id } }\"}"))
                .isEqualTo("{\"query\":\"mutation { add(title: \\\"milkk3v9\\\", id: \\\"5\\\") { id } }\"}");
        assertThat(
                        body(
                                "POST /graphql {\"query\": \"query A($a: String) { b(a: $a) }\", \"variables\": {\"a\": \"milk\"}}"))
                .isEqualTo("{\"query\":\"query A($a: String) { b(a: $a) }\",\"variables\":{\"a\":\"milkk3v9\"}}");
    }

    @Test
    void a_step_that_brings_no_text_has_no_mark() {
        assertThat(Marked.of(step("POST /lists/5"), "k3v9")).isEmpty();
        assertThat(Marked.of(step("POST /lists {\"n\": 5}"), "k3v9")).isEmpty();
    }

    private static String body(String line) {
        Optional<Step> marked = Marked.of(step(line), "k3v9");
        return switch (marked.orElseThrow().request().body()) {
            case Body.Json json -> json.text().toString();
            case Body other -> other.toString();
        };
    }

    private static Step step(String line) {
        return StepLines.read(List.of(line), Path.of("."), Set.of()).steps().getFirst();
    }
}
