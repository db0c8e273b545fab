package dev.coatcheck.host.service;

import dev.coatcheck.host.TcpPorts;
import java.nio.file.Path;

/**
 * Where and how a server runs.
 *
 * @param home the folder that holds all it needs: data, password, log, lock. Created where it is missing; one server at
 *     a time
 * @param tcpPort the TCP port on 127.0.0.1
 * @param durability what its data outlives
 */
public record ServerSettings(Path home, int tcpPort, Durability durability) {
    public ServerSettings {
        home = home.toAbsolutePath().normalize();
        if (tcpPort < 1 || tcpPort > 65_535) {
            throw new IllegalArgumentException("not a TCP port: " + tcpPort);
        }
    }

    /** A free TCP port, and data that outlives a power cut. */
    public static ServerSettings at(Path home) {
        return new ServerSettings(home, TcpPorts.free(), Durability.POWER_LOSS);
    }

    public ServerSettings withTcpPort(int port) {
        return new ServerSettings(home, port, durability);
    }

    public ServerSettings withDurability(Durability other) {
        return new ServerSettings(home, tcpPort, other);
    }
}
