package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MadeIdsTest {
    @Test
    void an_id_is_what_is_called_so_or_leads_to_it_and_is_another_one_each_time() {
        assertThat(in(IntStream.rangeClosed(1, 3).mapToObj(n -> made("/notes/" + n, """
                                {"id": %1$d, "shopId": 7, "at": "12:00:0%1$d", "order": {"orderNumber": "A-%1$d"}}""".formatted(n)))))
                .containsExactlyInAnyOrder("Location", "$.id", "$.order.orderNumber");
    }

    @Test
    void the_number_of_a_request_is_no_id_of_what_it_made() {
        assertThat(in(IntStream.rangeClosed(1, 3).mapToObj(n -> made("/notes", """
                                {"requestId": "req-%1$d", "trace_id": "t%1$d", "req-no": %1$d}""".formatted(n)))))
                .isEmpty();
    }

    @Test
    void two_are_too_few_to_tell() {
        assertThat(in(Stream.of(made("/notes/1", "{}"), made("/notes/2", "{}"))))
                .isEmpty();
    }

    @Test
    void a_request_that_gives_the_same_id_when_it_is_repeated_makes_one_thing() {
        assertThat(in(Stream.generate(() -> made("/notes/1", "{\"id\": 1}")).limit(4)))
                .isEmpty();
    }

    @Test
    void a_field_names_a_thing_where_the_scenario_takes_it_or_a_read_shows_it_again() {
        List<Exchange> made = IntStream.rangeClosed(1, 3)
                .mapToObj(n -> exchange("POST /notes", Map.of("{{note}}", "n" + n), """
                                {"id": "n%1$d", "no": %1$d, "count_no": "c%1$d"}""".formatted(n)))
                .toList();
        Exchange list = exchange("GET /notes", Map.of(), """
                {"notes": [{"no": 2, "other": "c1"}], "count_no": "c9"}""");

        assertThat(MadeIds.in(made).stream()
                        .filter(place -> MadeIds.isOfThing(place, made, List.of(list)))
                        .map(MadeIds.Place::name))
                .containsExactlyInAnyOrder("$.id", "$.no");
    }

    private static List<String> in(Stream<Exchange> made) {
        return MadeIds.in(made.toList()).stream().map(MadeIds.Place::name).toList();
    }

    private static Exchange made(String location, String json) {
        return exchange("POST /notes", Map.of(), json, new Header("Location", location));
    }

    private static Exchange exchange(String line, Map<String, String> values, String json, Header... headers) {
        Step step =
                StepLines.read(List.of(line), Path.of("."), List.of()).steps().getFirst();
        Response response = new Response(201, List.of(headers), Content.of(json.getBytes(StandardCharsets.UTF_8)));
        return new Exchange(
                step,
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                new Outcome.Answered(new SentRequest("POST", "/notes", List.of(), ""), response),
                List.of(),
                values,
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
