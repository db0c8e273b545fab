package dev.coatcheck.prove.record;

import java.time.Duration;
import java.time.Instant;

/** A request that went through, with its response. */
record RecordedExchange(
        String origin, Instant at, Duration took, Head request, Kept sent, Head response, Kept received) {
    String method() {
        return request.word(0);
    }

    /** Where the request went; a client that takes this for a proxy sends a URL already. */
    String url() {
        String target = request.word(1);
        return target.startsWith("/") ? origin + target : target;
    }

    int status() {
        return Integer.parseInt(response.word(1));
    }
}
