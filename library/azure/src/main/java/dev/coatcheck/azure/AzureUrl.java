package dev.coatcheck.azure;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is, and who asks.
 *
 * @param endpoint of the account: without a path, or with the account's name as its path
 */
record AzureUrl(URI endpoint, SharedKey key, String container) {
    private static final String FORM =
            "https://account:key@account.blob.core.windows.net/container, or http://account:key@host:port/account/container";
    private static final String CONNECTION_STRING = "AZURE_STORAGE_CONNECTION_STRING";
    private static final String CONTAINER = "AZURE_STORAGE_CONTAINER";
    private static final Pattern ACCOUNT_NAME = Pattern.compile("[a-z0-9]{3,24}");
    private static final Pattern CONTAINER_NAME = Pattern.compile("(?=.{3,63}$)[a-z0-9](?:-?[a-z0-9])*");
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final Pattern ENDPOINT = Pattern.compile("https?://[^/@?#]+(?:/[a-z0-9]{3,24})?/?");

    static AzureUrl parse(@Nullable String url) {
        if (url == null) {
            throw refused("it is null, as where its variable is not set");
        }
        URI parsed;
        try {
            parsed = new URI(url);
        } catch (URISyntaxException e) {
            // Its message would repeat the URL, and the key with it.
            throw refused("it is no URL: " + e.getReason() + " at index " + e.getIndex());
        }
        if (!"https".equals(parsed.getScheme()) && !"http".equals(parsed.getScheme())) {
            throw refused("it begins with neither https nor http");
        }
        var authority = Optional.ofNullable(parsed.getRawAuthority()).orElse("");
        int at = authority.lastIndexOf('@');
        var host = authority.substring(at + 1);
        var path = Optional.ofNullable(parsed.getRawPath()).orElse("").replaceAll("^/|/$", "");
        var container = path.substring(path.lastIndexOf('/') + 1);
        // A piece of a key that is not percent-encoded may stand where a host or a container is expected.
        if (at < 0
                || !HOST.matcher(host).matches()
                || !CONTAINER_NAME.matcher(container).matches()
                || parsed.getRawQuery() != null
                || parsed.getRawFragment() != null) {
            throw refused(
                    "it names no account with its key, no host or no container, or its key is not percent-encoded");
        }
        var key = key(authority.substring(0, at));
        var rest = path.substring(0, path.length() - container.length()).replaceAll("/$", "");
        if (!rest.isEmpty() && !rest.equals(key.account())) {
            throw refused("before the container its path has something else than the account");
        }
        var endpoint = parsed.getScheme() + "://" + host + (rest.isEmpty() ? "" : "/" + rest);
        return new AzureUrl(URI.create(endpoint), key, container);
    }

    /** By the variable that Azure's own programs read, and one that names the container. */
    static AzureUrl of(Map<String, String> environment) {
        var container = required(environment, CONTAINER, "the name of a container");
        if (!CONTAINER_NAME.matcher(container).matches()) {
            throw new IllegalArgumentException(
                    CONTAINER + " is no name of a container: 3 to 63 lower-case letters, digits and -");
        }
        var fields = fields(required(environment, CONNECTION_STRING, "the connection string of a storage account"));
        var account = field(fields, "AccountName", ACCOUNT_NAME.asMatchPredicate());
        var endpoint = Optional.ofNullable(fields.get("BlobEndpoint"))
                .orElseGet(() -> fields.getOrDefault("DefaultEndpointsProtocol", "https") + "://" + account + ".blob."
                        + fields.getOrDefault("EndpointSuffix", "core.windows.net"));
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw new IllegalArgumentException(CONNECTION_STRING
                    + " names an endpoint that is not https://host or http://host:port/account, without parameters");
        }
        var key = field(fields, "AccountKey", text -> !text.isEmpty());
        return new AzureUrl(URI.create(endpoint.replaceAll("/$", "")), keyOf(account, key), container);
    }

    /** The resource, without credentials. */
    String resource() {
        return "azure at " + endpoint.getRawAuthority() + endpoint.getRawPath() + "/" + container;
    }

    @Override
    public String toString() {
        return resource();
    }

    private static String required(Map<String, String> environment, String name, String what) {
        var value = environment.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set: " + what);
        }
        return value;
    }

    private static Map<String, String> fields(String connectionString) {
        return Arrays.stream(connectionString.split(";"))
                .map(field -> field.strip().split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, second) -> second));
    }

    private static String field(Map<String, String> fields, String name, Predicate<String> form) {
        var value = fields.getOrDefault(name, "");
        if (!form.test(value)) {
            throw new IllegalArgumentException(
                    "%s has no %s, as one of a storage account with its key has".formatted(CONNECTION_STRING, name));
        }
        return value;
    }

    private static SharedKey key(String userInfo) {
        int colon = userInfo.indexOf(':');
        var account = userInfo.substring(0, Math.max(0, colon));
        if (!ACCOUNT_NAME.matcher(account).matches() || colon == userInfo.length() - 1) {
            throw refused("before the @ it has not both an account and a key");
        }
        try {
            // A plus sign means itself in this part of a URL.
            var key = URLDecoder.decode(userInfo.substring(colon + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            return new SharedKey(account, key);
        } catch (IllegalArgumentException e) {
            throw refused("its key is not in Base64, or not percent-encoded");
        }
    }

    private static SharedKey keyOf(String account, String key) {
        try {
            return new SharedKey(account, key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("in " + CONNECTION_STRING + " " + e.getMessage());
        }
    }

    private static IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException("not the URL of a container: " + reason + "; expected " + FORM);
    }
}
