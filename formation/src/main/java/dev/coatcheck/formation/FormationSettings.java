package dev.coatcheck.formation;

import dev.coatcheck.formation.router.TlsFiles;
import java.time.Duration;
import java.util.Optional;

/**
 * How a formation runs.
 *
 * @param host the address that the router listens on: a name or an IP address of this machine
 * @param tcpPort the one that the router listens on; 0 takes any free one
 * @param tls what the router speaks TLS with; empty for plain HTTP
 * @param startLimit how long an instance may take until it is ready
 * @param stopLimit how long a process may take to end when it was asked to, where {@code app.json} says nothing else. Longer
 *     than the 30 seconds that applications usually give their own requests, so that it is the application that decides
 */
public record FormationSettings(
        String host, int tcpPort, Optional<TlsFiles> tls, Duration startLimit, Duration stopLimit) {
    public FormationSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("the address to listen on is empty");
        }
        if (tcpPort < 0 || tcpPort > 65_535) {
            throw new IllegalArgumentException("the TCP port must be 0 (any free one) to 65535, but is " + tcpPort);
        }
    }

    public static FormationSettings defaults() {
        return new FormationSettings(
                "127.0.0.1", 8080, Optional.empty(), Duration.ofSeconds(60), Duration.ofSeconds(40));
    }

    public FormationSettings withHost(String address) {
        return new FormationSettings(address, tcpPort, tls, startLimit, stopLimit);
    }

    public FormationSettings withTcpPort(int port) {
        return new FormationSettings(host, port, tls, startLimit, stopLimit);
    }

    public FormationSettings withTls(TlsFiles files) {
        return new FormationSettings(host, tcpPort, Optional.of(files), startLimit, stopLimit);
    }

    public FormationSettings withStartLimit(Duration limit) {
        return new FormationSettings(host, tcpPort, tls, limit, stopLimit);
    }

    public FormationSettings withStopLimit(Duration limit) {
        return new FormationSettings(host, tcpPort, tls, startLimit, limit);
    }
}
