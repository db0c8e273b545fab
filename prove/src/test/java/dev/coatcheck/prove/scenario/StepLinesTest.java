package dev.coatcheck.prove.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepLinesTest {
    @TempDir
    private Path folder;

    @Test
    void a_path_alone_is_a_get() {
        Step step = read("/me").getFirst();
        assertThat(step.number()).isEqualTo(1);
        assertThat(step.title()).isEqualTo("GET /me");
        assertThat(step.request().body()).isEqualTo(new Body.None());
        assertThat(step.expectation()).isEqualTo(Expectation.SUCCESS);
    }

    @Test
    void steps_are_numbered_in_order() {
        assertThat(read("POST /login", "GET /me", "DELETE /me"))
                .extracting(step -> step.number() + " " + step.title())
                .containsExactly("1 POST /login", "2 GET /me", "3 DELETE /me");
    }

    @Test
    void json_is_recognised_and_keeps_its_text() {
        assertThat(body("POST /login {\"email\": \"a@b.c\", \"tags\":[ {} ]} "))
                .isEqualTo(new Body.Json(Template.literal("{\"email\": \"a@b.c\", \"tags\":[ {} ]}")));
        assertThat(body("POST /login [1, 2]")).isEqualTo(new Body.Json(Template.literal("[1, 2]")));
    }

    @Test
    void names_and_values_are_a_form_that_is_decoded_once() {
        assertThat(body("POST /login email=a%40b.c&note=one+two&empty=&rate=100%"))
                .isEqualTo(new Body.Form(List.of(
                        new Field("email", Template.literal("a@b.c")),
                        new Field("note", Template.literal("one two")),
                        new Field("empty", Template.literal("")),
                        new Field("rate", Template.literal("100%")))));
    }

    @Test
    void a_file_among_the_fields_makes_it_multipart() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        assertThat(body("POST /photos title=Cat&photo=@cat.jpg"))
                .isEqualTo(new Body.Multipart(List.of(
                        new Body.TextPart("title", Template.literal("Cat")),
                        new Body.FilePart("photo", folder.resolve("cat.jpg"), "image/jpeg"))));
        assertThat(body("PUT /photos/1 @cat.jpg")).isEqualTo(new Body.File(folder.resolve("cat.jpg"), "image/jpeg"));
    }

    @Test
    void variables_may_stand_anywhere_in_target_and_body() {
        Step step = read("PUT {{BASE_URL}}/users/{{ run }}?q={{newUuid}} {\"n\": {{album}}, \"s\": \"{{run}}\"}")
                .getFirst();
        assertThat(step.title()).isEqualTo("PUT /users/{{run}}?q={{newUuid}}");
        assertThat(step.request().body())
                .isEqualTo(new Body.Json(Template.parse("{\"n\": {{album}}, \"s\": \"{{run}}\"}")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            login                        | --step 1, column 1: expected a path that begins with '/'
            post /login                  | --step 1, column 1: a method is written in capital letters
            POST                         | --step 1, column 5: no path follows the method 'POST'; quotes
            /login a=b                   | --step 1, column 8: a step with a body names its method
            POST /login {"a":1           | --step 1, column 13: this JSON is never closed; expected its last '}'
            POST /login {"a":1,}         | this is not JSON
            POST /login {"a":1} x        | --step 1, column 21: something follows the JSON
            POST /login hello            | --step 1, column 13: expected JSON, name=value or name=@file
            POST /login a=b&             | --step 1, column 17: expected JSON, name=value or name=@file
            POST /photos photo=@dog.jpg  | --step 1, column 21: there is no file 'dog.jpg' in
            POST /photos @               | --step 1, column 15: there is no file '' in
            GET /users/{{who}}           | --step 1, column 12: the variable 'who' has no value here; known are
            GET /users/{{who             | --step 1, column 12: '{{' begins a variable
            """)
    void what_is_wrong_is_told_with_its_place(String line, String message) {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> read(line))
                .withMessageContaining(message);
    }

    @Test
    void no_text_makes_it_fail_otherwise_than_by_saying_what_is_wrong() {
        Random random = new Random(17);
        String[] pieces = {
            "GET", "/", "{", "}", "{{", "}}", "run", "=", "&", "@", "\"", "\\", "[", "]", " ", "%", "ö", ":"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder("POST /");
            for (int length = random.nextInt(12); length > 0; length--) {
                line.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                assertThat(read(line.toString())).hasSize(1);
            } catch (InvalidScenarioException e) {
                assertThat(e).hasMessageStartingWith("--step 1, column ");
            }
        }
    }

    private Body body(String line) {
        return read(line).getFirst().request().body();
    }

    private List<Step> read(String... lines) {
        return StepLines.read(Arrays.asList(lines), folder, Set.of("album")).steps();
    }
}
