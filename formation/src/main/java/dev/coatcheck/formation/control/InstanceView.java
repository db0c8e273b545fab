package dev.coatcheck.formation.control;

import dev.coatcheck.formation.supervision.InstanceStatus;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An instance as {@code coatcheck ps --json} shows it.
 *
 * @param name {@code web.1}
 * @param type {@code web}
 * @param pid its process, null while none runs
 * @param port its own TCP port on loopback
 * @param state {@code starting}, {@code ready}, {@code waiting}, {@code crash-loop}, {@code stopping} or {@code stopped}
 * @param since when it came into this state, ISO 8601
 * @param restarts how often it was started again
 * @param release the number of the release that it runs
 * @param memory what its processes hold in RAM, in bytes; null while none runs
 * @param cpu what its processes use just now, in percent of one processor; null while none runs
 * @param address where it answers, {@code 127.0.0.1:20123}, or {@code [::1]:20123} where it listens on nothing else; null while
 *     it is not ready for requests
 */
public record InstanceView(
        String name,
        String type,
        @Nullable Long pid,
        int port,
        String state,
        String since,
        int restarts,
        int release,
        @Nullable Long memory,
        @Nullable Double cpu,
        @Nullable String address) {

    public static InstanceView of(InstanceStatus status, @Nullable Long memory, @Nullable Double cpu) {
        return new InstanceView(
                status.name(),
                status.type(),
                status.pid().isPresent() ? status.pid().getAsLong() : null,
                status.tcpPort(),
                status.state().label(),
                status.since().toString(),
                status.restarts(),
                status.release(),
                memory,
                cpu,
                status.address().map(InstanceView::shown).orElse(null));
    }

    /** Of the two loopback addresses, in the short form that goes into a URL. */
    private static String shown(InetSocketAddress address) {
        return (address.getAddress() instanceof Inet6Address ? "[::1]:" : "127.0.0.1:") + address.getPort();
    }
}
