package dev.coatcheck.prove.play;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * How conversations are played.
 *
 * @param origin the application's address as its users know it: {@code {{BASE_URL}}}, the header {@code Host}, and whose
 *     cookies are kept. The same in every run, wherever the instances listen
 * @param variables the values given on the command line
 * @param limit how long one request may take, from the connection to the last byte
 * @param localAddress from which connections are made to addresses of its kind, where it matters to limits by address
 */
public record PlaySettings(
        URI origin,
        Map<String, String> variables,
        Duration limit,
        Optional<InetAddress> localAddress,
        InstantSource clock) {
    public PlaySettings {
        Origins.check(origin);
        variables = Map.copyOf(variables);
    }

    /** Thirty seconds a request, no variables. */
    public static PlaySettings of(URI origin) {
        return new PlaySettings(origin, Map.of(), Duration.ofSeconds(30), Optional.empty(), InstantSource.system());
    }

    public PlaySettings withVariables(Map<String, String> changed) {
        return new PlaySettings(origin, changed, limit, localAddress, clock);
    }

    public PlaySettings withLimit(Duration changed) {
        return new PlaySettings(origin, variables, changed, localAddress, clock);
    }

    public PlaySettings withLocalAddress(InetAddress changed) {
        return new PlaySettings(origin, variables, limit, Optional.of(changed), clock);
    }

    public PlaySettings withClock(InstantSource changed) {
        return new PlaySettings(origin, variables, limit, localAddress, changed);
    }
}
