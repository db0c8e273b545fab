package dev.coatcheck.prove;

import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import java.util.List;
import java.util.Optional;

/** An application that sends every request elsewhere answers alike from every process, and nothing is proved by that. */
final class OnlyRedirects {
    private OnlyRedirects() {}

    /** @throws InconclusiveException if every step was answered with a redirect to one and the same place, or to https */
    static void check(Run control) {
        List<Optional<String>> places = control.exchanges().stream()
                .map(Exchange::response)
                .map(response ->
                        response.filter(found -> found.status() / 100 == 3).flatMap(found -> found.header("Location")))
                .distinct()
                .toList();
        boolean toHttps = places.stream()
                .allMatch(place -> place.isPresent() && place.get().startsWith("https:"));
        boolean toOnePlace = places.size() == 1 && places.getFirst().isPresent();
        if (toHttps || toOnePlace) {
            throw new InconclusiveException("every step of the control was answered with a redirect to "
                    + (toHttps ? "https" : places.getFirst().orElseThrow())
                    + ", so nothing of the application was seen; "
                    + (toHttps
                            ? "switch that off by its configuration (--env)"
                            : "does the scenario log in with what the application knows?"));
        }
    }
}
