package dev.coatcheck.formation.supervision;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An instance as it is at one moment.
 *
 * @param name {@code web.1}
 * @param type {@code web}
 * @param pid of the process that runs, where one does
 * @param tcpPort the one that it is given as PORT
 * @param address where its process was found ready for requests; empty before that, and where it gets none
 * @param since when it came into this state
 * @param restarts how often it was started again
 * @param release the number of the release that it runs
 */
public record InstanceStatus(
        String name,
        String type,
        OptionalLong pid,
        int tcpPort,
        Optional<InetSocketAddress> address,
        InstanceState state,
        Instant since,
        int restarts,
        int release) {}
