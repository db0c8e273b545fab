package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ResourceUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The backing services that the environment attaches by a URL: one that is away explains every failure. */
final class AttachedServices {
    private static final int LIMIT_MILLIS = 3_000;

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}");

    private AttachedServices() {}

    /** @throws InconclusiveException if one of them takes no connections */
    static void check(Map<String, String> environment) {
        new TreeMap<>(environment)
                .forEach((name, value) ->
                        ResourceUrl.parse(value).ifPresent(url -> check(name, url.host(), url.tcpPort())));
    }

    /** Whether the environment attaches any. */
    static boolean areIn(Map<String, String> environment) {
        return environment.values().stream().anyMatch(ResourceUrl::isMeant);
    }

    /** Those servers on this machine's loopback that any variable names by a URL, of whatever scheme with a TCP port. */
    static List<InetSocketAddress> onLoopback(Map<String, String> environment) {
        Map<Integer, InetSocketAddress> servers = new TreeMap<>();
        environment
                .values()
                .forEach(value -> ResourceUrl.parse(value)
                        .map(url -> new Place(url.host(), url.tcpPort()))
                        .or(() -> Place.of(value))
                        .filter(place -> LOOPBACK.matcher(place.host()).matches())
                        .ifPresent(place ->
                                servers.put(place.tcpPort(), new InetSocketAddress(place.host(), place.tcpPort()))));
        return List.copyOf(servers.values());
    }

    private record Place(String host, int tcpPort) {
        private static final int LARGEST_TCP_PORT = 65_535;
        private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]*://(?:[^/@]*@)?([^/:?#,]+):(\\d{1,5}).*");

        static Optional<Place> of(String value) {
            Matcher url = URL.matcher(value);
            return url.matches()
                    ? Optional.of(new Place(url.group(1), Integer.parseInt(url.group(2))))
                            .filter(place -> place.tcpPort() <= LARGEST_TCP_PORT)
                    : Optional.empty();
        }
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
