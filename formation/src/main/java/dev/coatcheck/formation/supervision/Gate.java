package dev.coatcheck.formation.supervision;

import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.tcp.Listening;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What keeps a process from requests until it is ready for them.
 *
 * @param tcpPort that it was given
 * @param limit how long it may take
 */
record Gate(Readiness readiness, int tcpPort, ProcessGroup group, Duration limit) {
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** A sixth of the limit: from then on somebody waits who wants to know why. */
    private static final int LATE_PARTS = 6;

    /**
     * Waits until it is ready.
     *
     * @param enough ends the waiting early
     * @param late is told, once, how long it has taken so far and what is lacking
     * @return what was found in the end: that it is ready, or what was lacking when the limit was over; empty where the
     *     waiting was ended early
     */
    Optional<Readiness.Look> await(BooleanSupplier enough, Consumer<String> late) throws InterruptedException {
        long start = System.nanoTime();
        boolean told = false;
        while (!enough.getAsBoolean()) {
            switch (readiness.look(tcpPort, enough)) {
                case Readiness.Look.Ready ready -> {
                    return Optional.of(ready);
                }
                case Readiness.Look.Lacking lacking -> {
                    Duration waited = Duration.ofNanos(System.nanoTime() - start);
                    if (waited.compareTo(limit) > 0) {
                        return Optional.of(new Readiness.Look.Lacking(
                                lacking.what() + elsewhere() + "; 'coatcheck up --start-timeout' gives it longer"));
                    }
                    if (!told && waited.compareTo(limit.dividedBy(LATE_PARTS)) > 0 && !enough.getAsBoolean()) {
                        told = true;
                        late.accept("after " + waited.toSeconds() + " s: " + lacking.what() + elsewhere());
                    }
                    Thread.sleep(PAUSE);
                }
            }
        }
        return Optional.empty();
    }

    /** A server that has a TCP port of its own mind is the most frequent reason why nothing answers. */
    private String elsewhere() {
        List<InetSocketAddress> places;
        try {
            places = Listening.of(group.pids()).stream().map(Listening::address).toList();
        } catch (IllegalStateException e) {
            // As where the machine is out of file descriptors: no reason to end what may become ready yet.
            return "";
        }
        boolean there = places.stream()
                .anyMatch(place -> place.getPort() == tcpPort
                        && (place.getAddress().isAnyLocalAddress()
                                || Listening.onLoopback(tcpPort).contains(place)));
        return there || places.isEmpty()
                ? ""
                : "; it listens on " + places.stream().map(Gate::shown).collect(Collectors.joining(", "));
    }

    /** As {@code *:3000}, {@code [::1]:3000}. */
    private static String shown(InetSocketAddress place) {
        String host = place.getAddress().isAnyLocalAddress()
                ? "*"
                : place.getAddress().isLoopbackAddress() && place.getAddress() instanceof Inet6Address
                        ? "[::1]"
                        : place.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]") + ":" + place.getPort();
    }
}
