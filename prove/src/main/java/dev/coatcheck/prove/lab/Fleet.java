package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.router.RouterSettings;
import dev.coatcheck.formation.router.Upstream;
import dev.coatcheck.prove.play.Target;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Web processes behind the router, and workers beside them, that are replaced, added and taken away as the runner does it: a
 * new one gets requests when it is ready, an old one is asked to end when it has none any more. Each is on a disk of its own.
 * For one thread; requests may come from any.
 *
 * {@snippet :
 * try (Fleet fleet = lab.fleet(3)) {
 *     Target router = fleet.router();
 *     fleet.roll();
 *     fleet.scale(1);
 * }
 * }
 */
public final class Fleet implements AutoCloseable {
    /** For requests that an instance still has; as the runner gives. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    /** For one that was asked to end, where {@code app.json} says nothing else. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** For one that takes no requests to begin its work; as the runner gives. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private final Stand stand;
    private final Router router;
    private final Function<String, StopPolicy> stops;
    private final Map<Integer, Upstream> members = new LinkedHashMap<>();
    private int next;

    /**
     * @param stops how instances are asked to end, by their process types
     * @param requestLimit how long a request may take; the router waits for its answer no less long, nor less than by default
     */
    Fleet(Stand stand, Function<String, StopPolicy> stops, Duration requestLimit) {
        this.stand = stand;
        this.stops = stops;
        RouterSettings.Timeouts usual = RouterSettings.Timeouts.defaults();
        RouterSettings settings = RouterSettings.defaults()
                .withPort(0)
                .withInstanceHeader(false)
                .withTimeouts(usual.withResponse(Collections.max(List.of(usual.response(), requestLimit))));
        this.router = Router.start(settings, _ -> {}, _ -> {});
    }

    /** Starts the first ones, side by side. */
    void begin(int size) throws InterruptedException {
        stand.startWorkers(OptionalInt.empty());
        for (int process = 0; process < size; process++) {
            stand.startWeb(Seat.at(process));
        }
        scale(size);
        stand.awaitWorkers();
    }

    /** Where requests are to be sent; any instance may get them. */
    public Target router() {
        return new Target("router", URI.create("http://127.0.0.1:" + router.port()));
    }

    /** Replaces every process, one after the other, and the workers at the end: first the new one, and then without the old. */
    public void roll() throws InterruptedException {
        for (int old : members.keySet().stream().toList()) {
            add();
            remove(old);
        }
        List<LabInstance> workers = stand.takeWorkers();
        if (!workers.isEmpty()) {
            stand.startWorkers(OptionalInt.empty());
            stand.awaitWorkers();
            Thread.sleep(SETTLED);
        }
        for (LabInstance worker : workers) {
            end(worker);
        }
        stand.giveUpWorkersDisks();
    }

    /** Adds processes, or takes the latest away, until there are so many. */
    public void scale(int size) throws InterruptedException {
        while (members.size() < size) {
            add();
        }
        for (int last : members.keySet().stream().skip(size).toList()) {
            remove(last);
        }
    }

    private void add() throws InterruptedException {
        int process = next++;
        LabInstance instance = stand.web(Seat.at(process));
        URI at = instance.target().orElseThrow().address();
        String host = at.getHost().replaceAll("[\\[\\]]", "");
        members.put(process, router.add(instance.name(), new InetSocketAddress(host, at.getPort())));
    }

    private void remove(int process) throws InterruptedException {
        Upstream upstream = members.remove(process);
        if (upstream == null) {
            throw new IllegalArgumentException("there is no process " + process);
        }
        upstream.remove();
        // What a request that takes longer comes to is for the platform to say, and not seen as a failure of a drain.
        var _ = upstream.awaitIdle(DRAIN_LIMIT);
        LabInstance leaving = stand.takeWeb(process).orElseThrow();
        end(leaving);
        stand.giveUpDisk(process);
    }

    private void end(LabInstance instance) throws InterruptedException {
        StopPolicy stop = stops.apply(instance.name().replaceFirst("\\.\\d+$", ""));
        var _ = instance.terminate(stop.signal(), stop.limit().orElse(STOP_LIMIT));
        instance.close();
    }

    /** Ends all of them. Requests that are under way fail. */
    @Override
    public void close() {
        try {
            members.values().forEach(Upstream::remove);
            stand.close();
        } finally {
            router.close();
        }
    }
}
