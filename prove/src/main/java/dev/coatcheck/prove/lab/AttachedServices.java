package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The backing services that the environment attaches by a URL: one that is away explains every failure. */
final class AttachedServices {
    private static final int LIMIT_MILLIS = 3_000;

    private static final Pattern URL = Pattern.compile("([a-z][a-z0-9+.-]*)://(?:[^/@]*@)?([^/:?#,]+)(?::(\\d+))?.*");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}");

    private static final Map<String, Integer> PORTS = Map.ofEntries(
            Map.entry("postgres", 5432),
            Map.entry("postgresql", 5432),
            Map.entry("redis", 6379),
            Map.entry("rediss", 6379),
            Map.entry("valkey", 6379),
            Map.entry("mysql", 3306),
            Map.entry("mariadb", 3306),
            Map.entry("mongodb", 27017),
            Map.entry("amqp", 5672),
            Map.entry("amqps", 5671),
            Map.entry("memcached", 11211),
            Map.entry("nats", 4222));

    private AttachedServices() {}

    /** @throws InconclusiveException if one of them takes no connections */
    static void check(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            Matcher url = URL.matcher(value);
            if (url.matches() && PORTS.containsKey(url.group(1))) {
                int port = url.group(3) == null ? PORTS.get(url.group(1)) : Integer.parseInt(url.group(3));
                check(name, url.group(2), port);
            }
        });
    }

    /** Whether the environment attaches any. */
    static boolean areIn(Map<String, String> environment) {
        return environment.values().stream()
                .map(URL::matcher)
                .anyMatch(url -> url.matches() && PORTS.containsKey(url.group(1)));
    }

    /** Those servers on this machine's loopback that any variable names by a URL. */
    static List<InetSocketAddress> onLoopback(Map<String, String> environment) {
        Map<Integer, InetSocketAddress> servers = new TreeMap<>();
        environment.values().forEach(value -> {
            Matcher url = URL.matcher(value);
            if (url.matches() && LOOPBACK.matcher(url.group(2)).matches()) {
                String port = url.group(3);
                Integer number = port == null ? PORTS.get(url.group(1)) : Integer.valueOf(port);
                if (number != null) {
                    servers.put(number, new InetSocketAddress(url.group(2), number));
                }
            }
        });
        return List.copyOf(servers.values());
    }

    private static void check(String variable, String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
        } catch (IOException e) {
            throw new InconclusiveException(
                    "the backing service that " + variable + " names does not answer at " + host + ":" + port + " ("
                            + e.getMessage()
                            + "); start it, or take the variable away and let it be started here: --with",
                    e);
        }
    }
}
