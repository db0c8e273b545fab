package dev.coatcheck.azure;

import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.PresignedBlobs;
import dev.coatcheck.state.blobs.PresignedPut;
import dev.coatcheck.state.blobs.PresignedRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Requests whose signature is in their URL: shared access signatures of the service, for one blob each. */
final class AzurePresignedBlobs implements PresignedBlobs {
    /** As on every store, though this one would take more. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final String READ = "r";
    private static final String WRITE = "w";
    /** To write what is not there. */
    private static final String CREATE = "c";

    private final AzureUrl url;

    AzurePresignedBlobs(AzureUrl url) {
        this.url = url;
    }

    @Override
    public PresignedRequest get(String key, Duration expiry) {
        return request("GET", key, READ, expiry, Map.of());
    }

    @Override
    public PresignedRequest put(String key, PresignedPut put, Duration expiry) {
        if (put.sha256().isPresent()) {
            throw new UnsupportedOperationException(
                    url + " cannot check a SHA-256 of what is stored with leave: look at the bytes afterwards");
        }
        var headers = Map.of("x-ms-blob-type", "BlockBlob", "Content-Type", put.contentType());
        return request("PUT", key, put.ifAbsent() ? CREATE : WRITE, expiry, headers);
    }

    private PresignedRequest request(
            String method, String key, String permission, Duration expiry, Map<String, String> headers) {
        BlobKey.require(key);
        // Signed in whole seconds.
        if (expiry.toSeconds() < 1 || expiry.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("leave is given for a second to seven days, not for " + expiry);
        }
        var expiresAt = Instant.now().plus(expiry).truncatedTo(ChronoUnit.SECONDS);
        var protocol = url.endpoint().getScheme().equals("https") ? "https" : "https,http";
        var signed = String.join(
                "\n",
                permission,
                "", // from now on
                expiresAt.toString(),
                "/blob/" + url.key().account() + "/" + url.container() + "/" + key,
                "", // no stored policy
                "", // any address
                protocol,
                Call.VERSION, // whose rules this follows, and the request that is made with it
                "b", // one blob
                "", // no snapshot
                "", // no encryption scope
                "", // and no headers of the answer: cache control,
                "", // disposition,
                "", // encoding,
                "", // language,
                ""); // type
        var query = new LinkedHashMap<String, String>();
        query.put("sp", permission);
        query.put("se", expiresAt.toString());
        query.put("spr", protocol);
        query.put("sv", Call.VERSION);
        query.put("sr", "b");
        query.put("sig", url.key().sign(signed));
        var address = url.endpoint() + "/" + url.container() + "/" + Call.path(key)
                + query.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + Call.encoded(parameter.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
        return new PresignedRequest(method, URI.create(address), headers, expiresAt);
    }
}
