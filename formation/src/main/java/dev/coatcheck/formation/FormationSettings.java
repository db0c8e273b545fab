package dev.coatcheck.formation;

import java.time.Duration;

/**
 * How a formation runs.
 *
 * @param tcpPort the one that the router listens on; 0 takes any free one
 * @param startLimit how long an instance may take until it is ready
 * @param stopLimit how long a process may take to end when it was asked to, where {@code app.json} says nothing else. Longer
 *     than the 30 seconds that applications usually give their own requests, so that it is the application that decides
 */
public record FormationSettings(int tcpPort, Duration startLimit, Duration stopLimit) {
    public FormationSettings {
        if (tcpPort < 0 || tcpPort > 65_535) {
            throw new IllegalArgumentException("the TCP port must be 0 (any free one) to 65535, but is " + tcpPort);
        }
    }

    public static FormationSettings defaults() {
        return new FormationSettings(8080, Duration.ofSeconds(60), Duration.ofSeconds(40));
    }

    public FormationSettings withTcpPort(int port) {
        return new FormationSettings(port, startLimit, stopLimit);
    }

    public FormationSettings withStartLimit(Duration limit) {
        return new FormationSettings(tcpPort, limit, stopLimit);
    }

    public FormationSettings withStopLimit(Duration limit) {
        return new FormationSettings(tcpPort, startLimit, limit);
    }
}
