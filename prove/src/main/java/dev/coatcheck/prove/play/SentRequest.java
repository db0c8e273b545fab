package dev.coatcheck.prove.play;

import java.util.List;

/**
 * A request as it was sent.
 *
 * @param target path and query
 * @param headers all of them but the length of the body
 * @param body its text; of files their names alone
 */
public record SentRequest(String method, String target, List<Header> headers, String body) {
    public SentRequest {
        headers = List.copyOf(headers);
    }
}
