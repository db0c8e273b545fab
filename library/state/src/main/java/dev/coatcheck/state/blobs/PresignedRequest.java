package dev.coatcheck.state.blobs;

import java.net.URI;
import java.time.Instant;
import java.util.Map;

/**
 * A request that is signed ahead.
 *
 * @param method {@code GET} or {@code PUT}
 * @param url with the signature in it: a secret until it expires
 * @param headers what has to be sent with it, besides what every client sends of itself (host and length)
 * @param expiresAt by the clock of this process
 */
public record PresignedRequest(String method, URI url, Map<String, String> headers, Instant expiresAt) {
    public PresignedRequest {
        headers = Map.copyOf(headers);
    }

    /** Without the signature, and whatever else makes the URL work. */
    @Override
    public String toString() {
        return method + " " + url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath() + " until "
                + expiresAt;
    }
}
