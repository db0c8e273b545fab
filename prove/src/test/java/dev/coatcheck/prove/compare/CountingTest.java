package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountingTest {
    private static final Duration AT_ONCE = Duration.ofMillis(3);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Seen #N times.",
                "<p>You are visitor no. #N.</p>",
                "{\"stats\": {\"likes\": #N}}",
                "{\"message\": \"you are no. #N of 7\"}",
                "<b>#N</b> of 2026-01-01",
                "Views:#N"
            })
    void a_number_that_goes_on_is_found_wherever_people_read_it(String body) {
        assertThat(counting(body, AT_ONCE)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-01T10:00:#N",
                "version 1.2.#N",
                "10.0.0.#N",
                "/items/#N",
                "req_#N",
                "widget-#N",
                "<input id=\"#N\" name=\"a\">",
                "row #N\nrow #N",
                "<input\n id=\"#N\"\n>",
                "<input\n name=\"a\" id=\"#N\">",
                "{\"requestId\": #N}",
                "#N.5 ms"
            })
    void what_is_part_of_a_date_a_version_an_address_a_path_a_name_or_a_tag_is_no_number(String body) {
        assertThat(counting(body, AT_ONCE)).isEmpty();
    }

    @Test
    void what_goes_on_with_the_seconds_is_a_clock() {
        assertThat(counting("up for #N s", Duration.ofMillis(1_040))).isEmpty();
        assertThat(counting("up for #N s", Duration.ofMillis(400))).hasSize(1);
    }

    @Test
    void few_numbers_may_go_on_by_chance() {
        assertThat(Counting.in(answers("#N", 5), AT_ONCE)).isEmpty();
    }

    private static Set<Counting.Place> counting(String body, Duration pace) {
        return Counting.in(answers(body, 6), pace);
    }

    private static List<Response> answers(String body, int many) {
        IntFunction<Response> answer = number -> new Response(
                200,
                List.of(new Header("Content-Type", body.startsWith("<") ? "text/html" : "text/plain")),
                Content.of(body.replace("#N", String.valueOf(number + 10)).getBytes(StandardCharsets.UTF_8)));
        return IntStream.range(0, many).mapToObj(answer).toList();
    }
}
