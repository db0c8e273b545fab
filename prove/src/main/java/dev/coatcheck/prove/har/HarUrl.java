package dev.coatcheck.prove.har;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/**
 * The address of a recorded request. Browsers record what they were given, which {@link java.net.URI} does not always take.
 *
 * @param scheme in small letters
 * @param host in small letters, without a TCP port
 * @param origin scheme, host and TCP port, as browsers write it in {@code Origin}
 * @param target path and query
 */
record HarUrl(String scheme, String host, String origin, String target) {
    private static final PublicSuffixMatcher SUFFIXES = PublicSuffixMatcherLoader.getDefault();

    private static final Pattern URL = Pattern.compile(
            "(?<scheme>https?|wss?)://(?:[^/?#@]*@)?(?<host>\\[[^]/?#]*]|[^/?#:]+)(?::(?<port>\\d{1,5}))?(?<target>[^#]*)(?:#.*)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Empty where it is none of HTTP or WebSocket: {@code data:}, {@code blob:}, an extension of a browser. */
    static Optional<HarUrl> parse(String text) {
        Matcher matcher = URL.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String scheme = matcher.group("scheme").toLowerCase(Locale.ROOT);
        String host = matcher.group("host").toLowerCase(Locale.ROOT);
        String port = matcher.group("port");
        boolean usual = port == null || port.equals(scheme.equals("https") || scheme.equals("wss") ? "443" : "80");
        String target = matcher.group("target");
        return Optional.of(new HarUrl(
                scheme,
                host,
                scheme + "://" + host + (usual ? "" : ":" + port),
                target.startsWith("/") ? target : "/" + target));
    }

    /** The address of the application that it belongs to. */
    String applicationsOrigin() {
        return isWebSocket() ? origin.replaceFirst("^ws", "http") : origin;
    }

    boolean isWebSocket() {
        return scheme.startsWith("ws");
    }

    /** The path alone. */
    String path() {
        return target.split("\\?", 2)[0];
    }

    /** Whether both are one machine, or machines of one domain, as {@code app.example.org} and {@code api.example.org} are. */
    boolean isNeighbourOf(HarUrl other) {
        return host.equals(other.host) || (isLoopback() && other.isLoopback()) || domain().equals(other.domain());
    }

    private boolean isLoopback() {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    /** What its owner has registered, as {@code example.co.uk}. */
    private String domain() {
        boolean isNumber = host.matches("[\\d.]+|\\[.*");
        return isNumber ? host : Objects.requireNonNullElse(SUFFIXES.getDomainRoot(host), host);
    }
}
