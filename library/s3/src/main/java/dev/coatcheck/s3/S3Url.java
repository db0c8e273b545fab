package dev.coatcheck.s3;

import dev.coatcheck.state.blobs.BlobCapability;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Where a bucket is, and who asks.
 *
 * @param endpoint empty for Amazon's
 * @param region empty for that of the machine
 * @param credentials empty for those of the machine
 */
record S3Url(Optional<URI> endpoint, String bucket, Optional<String> region, Optional<AwsCredentials> credentials) {
    private static final String FORM =
            "https://key:secret@host:port/bucket?region=name, or s3://bucket?region=name for Amazon's";
    private static final Pattern BUCKET_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    /** All of Google Cloud Storage, or one region of it. */
    private static final Pattern GOOGLES =
            Pattern.compile("storage(?:\\.[a-z0-9-]+\\.rep)?\\.googleapis\\.com", Pattern.CASE_INSENSITIVE);

    private static final List<String> BUCKET = List.of("S3_BUCKET");
    private static final List<String> ENDPOINT = List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    private static final List<String> REGION = List.of("AWS_REGION", "AWS_DEFAULT_REGION");
    private static final List<String> KEY = List.of("AWS_ACCESS_KEY_ID");
    private static final List<String> SECRET = List.of("AWS_SECRET_ACCESS_KEY");
    private static final List<String> TOKEN = List.of("AWS_SESSION_TOKEN");

    static S3Url parse(@Nullable String url) {
        if (url == null) {
            throw refused("it is null, as where its variable is not set");
        }
        URI parsed;
        try {
            parsed = new URI(url);
        } catch (URISyntaxException e) {
            // Its message would repeat the URL, and a secret with it.
            throw refused("it is no URL: " + e.getReason() + " at index " + e.getIndex());
        }
        boolean amazon = "s3".equals(parsed.getScheme());
        if (!amazon && !"https".equals(parsed.getScheme()) && !"http".equals(parsed.getScheme())) {
            throw refused("it begins with neither https, http nor s3");
        }
        // An authority that is none for Java has no host: a bucket with an underscore, say.
        var authority = Optional.ofNullable(parsed.getRawAuthority()).orElse("");
        var host = authority.substring(authority.lastIndexOf('@') + 1);
        var path = Optional.ofNullable(parsed.getRawPath()).orElse("").replaceAll("^/|/$", "");
        var bucket = amazon ? host : path;
        if (bucket.isEmpty() || host.isEmpty() || bucket.contains("/") || (amazon && !path.isEmpty())) {
            throw refused("it names no bucket");
        }
        // A piece of a secret that is not percent-encoded may stand where a bucket or a host is expected.
        boolean hasHost = amazon || HOST.matcher(host).matches();
        if (!BUCKET_NAME.matcher(bucket).matches() || !hasHost || parsed.getRawFragment() != null) {
            throw refused("its host or bucket is none, or its key or secret is not percent-encoded");
        }
        var userInfo = authority.contains("@")
                ? Optional.of(authority.substring(0, authority.lastIndexOf('@')))
                : Optional.<String>empty();
        var endpoint = amazon ? Optional.<URI>empty() : Optional.of(URI.create(parsed.getScheme() + "://" + host));
        return new S3Url(endpoint, bucket, region(parsed.getRawQuery()), userInfo.map(S3Url::credentials));
    }

    /** By the variables that Amazon's own programs read, and {@code S3_BUCKET}. */
    static S3Url of(Map<String, String> environment) {
        var bucket = first(environment, BUCKET)
                .orElseThrow(() -> new IllegalArgumentException("S3_BUCKET is not set: the name of a bucket"));
        var endpoint = first(environment, ENDPOINT);
        endpoint.filter(text -> !text.matches("https?://[^/@?#]+/?")).ifPresent(text -> {
            throw new IllegalArgumentException(
                    "AWS_ENDPOINT_URL_S3 is https://host or http://host:port, without a path, a user or parameters");
        });
        var key = first(environment, KEY);
        var secret = first(environment, SECRET);
        if (key.isPresent() != secret.isPresent()) {
            throw new IllegalArgumentException(
                    "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set and one is not: set both,"
                            + " or neither where the machine has credentials of its own");
        }
        var credentials = key.map(id -> credentials(id, secret.orElseThrow(), first(environment, TOKEN)));
        return new S3Url(endpoint.map(URI::create), bucket, first(environment, REGION), credentials);
    }

    /** What is known of this store that cannot promise all that Amazon's can. */
    Set<BlobCapability> lacking() {
        // Google's documents If-None-Match for reading alone; its own header for it must not stand beside those of S3.
        return isGoogles() ? Set.of(BlobCapability.SOLE_CREATION) : Set.of();
    }

    /** Whether it is Google Cloud Storage, which speaks most of S3. */
    boolean isGoogles() {
        return GOOGLES.matcher(endpoint.map(URI::getHost).orElse("")).matches();
    }

    /** The resource, without credentials. */
    String resource() {
        return "s3 at "
                + endpoint.map(URI::getRawAuthority)
                        .orElseGet(() -> region.map(name -> "s3." + name + ".amazonaws.com")
                                .orElse("s3.amazonaws.com"))
                + "/"
                + bucket;
    }

    @Override
    public String toString() {
        return resource();
    }

    private static Optional<String> first(Map<String, String> environment, List<String> names) {
        return names.stream()
                .map(environment::get)
                .filter(value -> value != null && !value.isEmpty())
                .findFirst();
    }

    private static Optional<String> region(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return Optional.empty();
        }
        var parameters = Arrays.stream(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length == 2 ? pair[1] : "", (a, b) -> b));
        var region = parameters.remove("region");
        if (!parameters.isEmpty() || region == null || region.isEmpty()) {
            // Not named: a secret that is not percent-encoded may have become one.
            throw refused("it has parameters other than region, or a secret with a ? that is not percent-encoded");
        }
        return Optional.of(region);
    }

    private static AwsCredentials credentials(String userInfo) {
        int colon = userInfo.indexOf(':');
        if (colon < 1 || colon == userInfo.length() - 1) {
            throw refused("before the @ it has not both a key and a secret");
        }
        return credentials(
                decoded(userInfo.substring(0, colon)), decoded(userInfo.substring(colon + 1)), Optional.empty());
    }

    private static AwsCredentials credentials(String key, String secret, Optional<String> token) {
        return token.<AwsCredentials>map(session -> AwsSessionCredentials.create(key, secret, session))
                .orElseGet(() -> AwsBasicCredentials.create(key, secret));
    }

    private static String decoded(String text) {
        try {
            // A plus sign means itself in this part of a URL.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused("its key or secret is not percent-encoded");
        }
    }

    private static IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException("not the URL of a bucket: " + reason + "; expected " + FORM);
    }
}
