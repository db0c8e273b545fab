package dev.coatcheck.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and who asks: {@code postgresql://user:password@host:port/name?parameters}, as libpq reads it.
 * {@code postgres://} and {@code jdbc:postgresql://} mean the same.
 *
 * <p>Not {@link java.net.URI}, which refuses several hosts, underscores in a host, and what people have in passwords.
 * No message of this class holds any part of the URL that could be a password.
 *
 * @param hosts in the order in which they are tried
 * @param parameters by name, in the order in which they were given
 */
record PostgresUrl(
        List<Host> hosts, String database, String user, Optional<String> password, Map<String, String> parameters) {
    static final int DEFAULT_TCP_PORT = 5432;

    private static final String EXPECTED = "expected postgresql://user:password@host:port/name";
    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?postgres(?:ql)?://");

    /**
     * One server.
     *
     * @param name a host name or an address; an IPv6 address without brackets
     */
    record Host(String name, int tcpPort) {
        /** With brackets where it is an IPv6 address. */
        String bracketed() {
            return name.indexOf(':') >= 0 ? "[" + name + "]" : name;
        }
    }

    /** Reads a URL; what is none is an {@link IllegalArgumentException}. */
    static PostgresUrl parse(@Nullable String url) {
        if (url == null) {
            throw refuse("it is null, as where its variable is not set");
        }
        var scheme = SCHEME.matcher(url);
        if (!scheme.lookingAt()) {
            throw refuse("it does not begin with postgresql://");
        }
        var rest = url.substring(scheme.end());
        var parameters = new LinkedHashMap<String, String>();
        int query = rest.indexOf('?');
        if (query >= 0) {
            readParameters(rest.substring(query + 1), parameters);
            rest = rest.substring(0, query);
        }
        int slash = rest.indexOf('/');
        var authority = slash < 0 ? rest : rest.substring(0, slash);
        var database = slash < 0 ? "" : decode("the database's name", rest.substring(slash + 1));
        if (database.isEmpty()) {
            throw refuse("it names no database");
        }
        int at = authority.lastIndexOf('@');
        if (at < 0 && rest.indexOf('@') >= 0) {
            throw refuse("there is an @ after the first /; a / in a password is written %2F");
        }
        var login = at < 0 ? "" : authority.substring(0, at);
        int colon = login.indexOf(':');
        var user = colon < 0 ? login : login.substring(0, colon);
        var password = colon < 0 ? Optional.<String>empty() : Optional.of(login.substring(colon + 1));
        // The driver's own URLs carry these two as parameters.
        user = user.isEmpty() ? parameters.getOrDefault("user", "") : decode("the user", user);
        password = password.map(text -> decode("the password", text))
                .or(() -> Optional.ofNullable(parameters.get("password")));
        parameters.keySet().removeAll(List.of("user", "password"));
        if (user.isEmpty()) {
            throw refuse("it names no user");
        }
        return new PostgresUrl(hosts(authority.substring(at + 1)), database, user, password, parameters);
    }

    /** Whether they differ in the login at the most. */
    boolean isSamePlaceAs(PostgresUrl other) {
        return hosts.equals(other.hosts) && database.equals(other.database) && parameters.equals(other.parameters);
    }

    /** For messages: the resource without credentials. */
    String resource() {
        return "postgresql at %s/%s".formatted(authority(), database);
    }

    /** The driver's URL, without credentials and parameters. */
    String driverUrl() {
        return "jdbc:postgresql://%s/%s".formatted(authority(), encode(database));
    }

    private String authority() {
        return String.join(
                ",",
                hosts.stream()
                        .map(host -> host.bracketed() + ":" + host.tcpPort())
                        .toList());
    }

    /** The resource: a record's own text would show the password. */
    @Override
    public String toString() {
        return resource();
    }

    private static List<Host> hosts(String text) {
        var hosts = new ArrayList<Host>();
        for (var part : text.split(",", -1)) {
            hosts.add(host(part));
        }
        return List.copyOf(hosts);
    }

    private static Host host(String text) {
        int bracket = text.startsWith("[") ? text.indexOf(']') : 0;
        if (bracket < 0) {
            throw refuse("the bracket around an IPv6 address is not closed");
        }
        int colon = text.indexOf(':', bracket);
        var name = decode("the host", colon < 0 ? text : text.substring(0, colon));
        if (bracket > 0) {
            if (bracket + 1 != name.length()) {
                throw refuse("there is something between an IPv6 address and its TCP port");
            }
            name = name.substring(1, bracket);
        }
        if (name.isEmpty()) {
            throw refuse("it names no host");
        }
        if (name.startsWith("/")) {
            throw refuse("it names a folder of sockets, and connections are made over TCP only");
        }
        return new Host(name, colon < 0 ? DEFAULT_TCP_PORT : tcpPort(text.substring(colon + 1)));
    }

    private static int tcpPort(String text) {
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= 65_535) {
                return number;
            }
        }
        // Not repeated: an unencoded @ or : of a password would have led here.
        throw refuse(
                "after the host's colon there is no TCP port; :, @, / and ? in a password are written %3A, %40, %2F"
                        + " and %3F");
    }

    private static void readParameters(String query, Map<String, String> parameters) {
        for (var pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw refuse("a parameter has no value");
                }
                parameters.put(
                        decode("a parameter's name", pair.substring(0, equals)),
                        decode("a parameter's value", pair.substring(equals + 1)));
            }
        }
    }

    /** Percent-encoded UTF-8. Not {@link java.net.URLDecoder}, which takes a plus for a space. */
    private static String decode(String what, String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); ) {
            if (text.charAt(i) == '%') {
                int value = i + 3 <= text.length() ? hex(text.charAt(i + 1), text.charAt(i + 2)) : -1;
                if (value < 1) {
                    throw refuse("in " + what + " a % is not followed by the two digits of a character; % is %25");
                }
                bytes.write(value);
                i += 3;
            } else {
                int end = text.indexOf('%', i);
                end = end < 0 ? text.length() : end;
                bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refuse(what + " is not UTF-8");
        }
    }

    private static int hex(char high, char low) {
        int left = Character.digit(high, 16);
        int right = Character.digit(low, 16);
        return left < 0 || right < 0 || high > 'f' || low > 'f' ? -1 : left * 16 + right;
    }

    private static String encode(String text) {
        var encoded = new StringBuilder();
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            if ((unit > 0 && Character.isLetterOrDigit(unit)) || "-_.~".indexOf(unit) >= 0) {
                encoded.append((char) unit);
            } else {
                encoded.append("%%%02X".formatted(unit & 0xFF));
            }
        }
        return encoded.toString();
    }

    private static IllegalArgumentException refuse(String why) {
        return new IllegalArgumentException("not the URL of a PostgreSQL database: " + why + "; " + EXPECTED);
    }
}
