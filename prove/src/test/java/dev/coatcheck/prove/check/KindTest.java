package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as the same once more, and what as another thing. */
class KindTest {
    @ParameterizedTest
    @CsvSource({
        "/notes/7, /notes/12",
        "/notes/{{note}}, /notes/7",
        "/notes/0f8fad5b-d9cb-469f-a165-70867728950e, /notes/7",
        "/photos/4f1c9a77d2e0/thumbnail, /photos/01J9ZC5H2M/thumbnail",
        "/notes?page=1&sort=name, /notes?page=2&sort=name"
    })
    void what_differs_in_numbers_ids_and_captures_is_of_one_kind(String one, String other) {
        assertThat(Kind.of(get(one))).isEqualTo(Kind.of(get(other)));
    }

    @ParameterizedTest
    @CsvSource({
        "/oauth2, /saml2",
        "/md5, /sha256",
        "/v1/users, /v2/users",
        "/cart/add-item-2, /cart/remove-item-2",
        "/login/2fa, /login/3ds",
        "/page?j_idt12=1, /page?j_idt15=1",
        "/notes/7, /notes/new"
    })
    void what_differs_in_a_name_is_of_two_kinds_though_it_has_a_digit(String one, String other) {
        assertThat(Kind.of(get(one))).isNotEqualTo(Kind.of(get(other)));
    }

    @Test
    void a_header_that_chooses_what_is_done_makes_another_kind_and_one_of_the_browser_does_not() {
        Kind plain =
                Kind.of(get("/", new Field("User-Agent", text("Mozilla/5.0")), new Field("X-Request-Id", text("17"))));

        assertThat(Kind.of(get("/", new Field("x-request-id", text("18")), new Field("Sec-Fetch-Mode", text("cors")))))
                .isEqualTo(plain);
        assertThat(Kind.of(get("/", new Field("X-Request-Id", text("17")), new Field("X-Amz-Target", text("PutItem")))))
                .isNotEqualTo(plain);
    }

    @Test
    void what_is_refused_is_of_another_kind_than_what_is_let_in() {
        assertThat(Kind.of(login("0000", 401)))
                .isEqualTo(Kind.of(login("1111", 401)))
                .isNotEqualTo(Kind.of(login("4711", 302)));
    }

    @Test
    void files_are_of_one_kind_if_they_are_the_same_bytes() {
        assertThat(Kind.of(post(Body.Bytes.of(new byte[] {1, 2, 3}))))
                .isEqualTo(Kind.of(post(Body.Bytes.of(new byte[] {1, 2, 3}))))
                .isNotEqualTo(Kind.of(post(Body.Bytes.of(new byte[] {1, 2, 4}))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "-", "{", "{{", "a-", "0", "0a0a0a0a-"})
    void a_megabyte_of_the_same_is_looked_at_once(String piece) {
        String text = piece.repeat((1 << 20) / piece.length());

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatCode(() -> Kind.of(post(new Body.Json(text("{\"title\": \"" + text + "\"}")))))
                        .doesNotThrowAnyException());
    }

    private static Step get(String target, Field... headers) {
        return step(
                new Request("GET", text(target), List.of(), List.of(headers), List.of(), new Body.None()),
                Expectation.SUCCESS);
    }

    private static Step post(Body body) {
        return step(Request.of("POST", text("/notes")).withBody(body), Expectation.SUCCESS);
    }

    private static Step login(String pin, int status) {
        return step(
                Request.of("POST", text("/login")).withBody(new Body.Json(text("{\"pin\": \"" + pin + "\"}"))),
                new Expectation(new Expectation.Exactly(status), List.of()));
    }

    private static Step step(Request request, Expectation expectation) {
        return new Step(1, Step.ONLY_USER, request, Polling.NONE, expectation, List.of());
    }

    private static Template text(String text) {
        return Template.parse(text);
    }
}
