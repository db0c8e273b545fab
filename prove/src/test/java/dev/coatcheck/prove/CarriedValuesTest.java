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
    void of_what_a_step_gave_a_later_one_carries_its_cookies_and_what_it_names() throws IOException {
        Path file = folder.resolve("upload.hurl");
        Files.writeString(file, """
                POST {{BASE_URL}}/uploads
                HTTP 201
                [Captures]
                id: jsonpath "$.id"
                etag: header "ETag"

                PUT {{BASE_URL}}/uploads/{{id}}
                HTTP 204
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

        assertThat(CarriedValues.givenAndCarried(upload, scenario.steps().getLast()))
                .containsExactly(Map.entry("the cookie sid of step 1", "4821"), Map.entry("{{id}} of step 1", "17"));
        assertThat(CarriedValues.given(upload)).containsKey("{{etag}} of step 1");
    }
}
