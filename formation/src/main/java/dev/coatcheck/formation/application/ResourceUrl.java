package dev.coatcheck.formation.application;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A backing service as an environment attaches it: {@code scheme://user:password@host:port/path?parameters}. Of several
 * hosts it is the first one. {@code toString()} leaves the password and the parameters out, so that it may be shown.
 *
 * <p>Not {@link java.net.URI}, which refuses several hosts, underscores in a host, and what people have in passwords.
 *
 * @param scheme in small letters, without a leading {@code jdbc:}
 * @param user decoded; empty where there is none
 * @param password decoded; empty where there is none
 * @param host a name or an address; an IPv6 address without brackets
 * @param tcpPort the one of the scheme where the URL has none
 * @param path with its slash; empty where there is none
 * @param query as it stands, without its question mark; empty where there is none
 */
public record ResourceUrl(
        String scheme, String user, String password, String host, int tcpPort, String path, String query) {
    /** The schemes of backing services, and the TCP ports that they stand for. */
    private static final Map<String, Integer> TCP_PORTS = Map.ofEntries(
            Map.entry("postgres", 5432),
            Map.entry("postgresql", 5432),
            Map.entry("redis", 6379),
            Map.entry("rediss", 6379),
            Map.entry("valkey", 6379),
            Map.entry("valkeys", 6379),
            Map.entry("mysql", 3306),
            Map.entry("mariadb", 3306),
            Map.entry("sqlserver", 1433),
            Map.entry("mongodb", 27017),
            Map.entry("amqp", 5672),
            Map.entry("amqps", 5671),
            Map.entry("memcached", 11211),
            Map.entry("nats", 4222),
            Map.entry("smtp", 25),
            Map.entry("smtps", 465));

    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?([a-z][a-z0-9+.-]*)://.*");

    /** Strict after the user, so that half of a password which should have been encoded is never taken for a place. */
    private static final Pattern URL = Pattern.compile(
            "(?:jdbc:)?([a-z][a-z0-9+.-]*)://(?:([^/?#]*)@)?"
                    + "(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]@/:?#,]+))(?::(\\d{1,5}))?(?:,[^@/?#]*)?(/[^@?#]*)?(?:\\?([^#]*))?(?:#.*)?");

    private static final int LARGEST_TCP_PORT = 65_535;

    /** The backing service that a variable's value attaches; empty where it attaches none, or cannot be read. */
    public static Optional<ResourceUrl> parse(String value) {
        Matcher url = URL.matcher(value.strip());
        if (!url.matches() || !TCP_PORTS.containsKey(url.group(1))) {
            return Optional.empty();
        }
        int tcpPort = url.group(5) == null ? TCP_PORTS.get(url.group(1)) : Integer.parseInt(url.group(5));
        if (tcpPort == 0 || tcpPort > LARGEST_TCP_PORT) {
            return Optional.empty();
        }
        String login = orEmpty(url, 2);
        int colon = login.indexOf(':');
        return Optional.of(new ResourceUrl(
                url.group(1),
                decoded(colon < 0 ? login : login.substring(0, colon)),
                colon < 0 ? "" : decoded(login.substring(colon + 1)),
                url.group(3) == null ? url.group(4) : url.group(3),
                tcpPort,
                orEmpty(url, 6),
                orEmpty(url, 7)));
    }

    /** Whether a value means to attach one, be it readable or not. */
    public static boolean isMeant(String value) {
        Matcher scheme = SCHEME.matcher(value.strip());
        return scheme.matches() && TCP_PORTS.containsKey(scheme.group(1));
    }

    private static String orEmpty(Matcher matcher, int group) {
        return matcher.group(group) == null ? "" : matcher.group(group);
    }

    /** A part of a URL as it is meant; what is encoded wrongly stays as it is. */
    public static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** {@code host:port}. */
    public String place() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + tcpPort;
    }

    @Override
    public String toString() {
        return scheme + "://" + (user.isEmpty() ? "" : user + "@") + place() + path;
    }
}
