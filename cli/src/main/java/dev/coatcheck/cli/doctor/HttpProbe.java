package dev.coatcheck.cli.doctor;

import dev.coatcheck.cli.doctor.Resource.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks an object store for anything, without credentials: whoever refuses them is there. */
final class HttpProbe {
    private HttpProbe() {}

    static Answer ask(URI endpoint, Duration limit) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(limit).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(endpoint).timeout(limit).GET().build();
            Instant before = Instant.now();
            HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
            Instant after = Instant.now();
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok(
                    "reachable",
                    "reachable",
                    "answers " + response.statusCode() + " to a request without credentials"));
            response.headers()
                    .firstValue("Date")
                    .flatMap(HttpProbe::instant)
                    // It tells whole seconds, rounded down.
                    .map(date -> ClockDifference.of(before, date.plusMillis(500), after, Duration.ofMillis(500)))
                    .ifPresent(findings::add);
            return new Answer(response.headers().firstValue("Server").orElse(""), findings);
        }
    }

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
