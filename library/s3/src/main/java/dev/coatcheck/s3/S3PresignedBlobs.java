package dev.coatcheck.s3;

import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.PresignedBlobs;
import dev.coatcheck.state.blobs.PresignedPut;
import dev.coatcheck.state.blobs.PresignedRequest;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Requests whose signature is in their URL. */
final class S3PresignedBlobs implements PresignedBlobs {
    /** What Amazon's takes. */
    private static final Duration LONGEST = Duration.ofDays(7);

    /** Every client sends these of itself, and some refuse to be told. */
    private static final Set<String> SENT_ANYWAY = Set.of("host", "content-length");

    private final Bucket bucket;
    private final boolean firstIsSole;

    S3PresignedBlobs(Bucket bucket, Set<BlobCapability> lacking) {
        this.bucket = bucket;
        this.firstIsSole = !lacking.contains(BlobCapability.SOLE_CREATION);
    }

    @Override
    public PresignedRequest get(String key, Duration expiry) {
        BlobKey.require(key);
        return request(
                "GET",
                bucket.sign(
                        "sign leave to fetch a blob",
                        signer -> signer.presignGetObject(sign -> sign.signatureDuration(valid(expiry))
                                .getObjectRequest(
                                        get -> get.bucket(bucket.name()).key(key)))));
    }

    @Override
    public PresignedRequest put(String key, PresignedPut put, Duration expiry) {
        BlobKey.require(key);
        if (put.ifAbsent() && !firstIsSole) {
            throw new UnsupportedOperationException(
                    bucket + " was attached as one that cannot store only if there is none");
        }
        if (put.sha256().isPresent() && !bucket.checksSha256()) {
            throw new UnsupportedOperationException(
                    bucket + " cannot check a SHA-256 of what is stored with leave: look at the bytes afterwards");
        }
        var object = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(key)
                .contentType(put.contentType())
                .contentLength(put.size());
        put.sha256().ifPresent(hex -> object.checksumSHA256(base64(hex)));
        if (put.ifAbsent()) {
            object.ifNoneMatch("*");
        }
        return request(
                "PUT",
                bucket.sign(
                        "sign leave to store a blob",
                        signer -> signer.presignPutObject(
                                sign -> sign.signatureDuration(valid(expiry)).putObjectRequest(object.build()))));
    }

    private static Duration valid(Duration expiry) {
        // Signed in whole seconds.
        if (expiry.toSeconds() < 1 || expiry.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("leave is given for a second to seven days, not for " + expiry);
        }
        return expiry;
    }

    /** What was signed, as a client is to send it. */
    static PresignedRequest request(String method, software.amazon.awssdk.awscore.presigner.PresignedRequest signed) {
        Map<String, String> headers = signed.signedHeaders().entrySet().stream()
                .filter(header -> !SENT_ANYWAY.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toMap(Map.Entry::getKey, header -> String.join(",", header.getValue())));
        // The signature counts in whole seconds.
        var expiresAt = signed.expiration().truncatedTo(ChronoUnit.SECONDS);
        return new PresignedRequest(method, URI.create(signed.url().toString()), headers, expiresAt);
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }
}
