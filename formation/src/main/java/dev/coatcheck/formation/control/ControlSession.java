package dev.coatcheck.formation.control;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.EventFormat;
import dev.coatcheck.formation.event.EventPrinter;
import dev.coatcheck.formation.event.JsonLines;
import dev.coatcheck.formation.event.ReadableLines;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** One request of one client, from its line to the last answer. */
final class ControlSession {
    /** What is run on the way to a release, and whose lines explain why it fails. */
    private static final Set<String> ON_THE_WAY = Set.of("build.1", "release.1");

    /** For the rest of what was told, when the formation ends. */
    private static final Duration PARTING = Duration.ofSeconds(2);

    private final Controlled formation;
    private final Wire wire;

    /** How often a client that waits for a change hears something, whatever takes so long. */
    private final Duration pulse;

    /** Completes when the client is gone. */
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** Completes when nothing is to go on for ever. */
    private final CompletableFuture<?> enough;

    ControlSession(Controlled formation, Wire wire, Duration pulse, CompletableFuture<Void> closing) {
        this.formation = formation;
        this.wire = wire;
        this.pulse = pulse;
        this.enough = CompletableFuture.anyOf(gone, closing);
    }

    void answer(Request request) throws IOException {
        Thread.ofVirtual().name("control-watch").start(this::watch);
        try {
            wire.send(new Answer.Done(done(request)));
        } catch (FormationException e) {
            wire.send(new Answer.Failed(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // A fault of ours, of which a client that only hears the connection end would learn nothing.
            wire.send(new Answer.Failed("this is a fault of the formation itself: " + e));
        }
    }

    private String done(Request request) throws IOException {
        switch (request) {
            case Request.Ps _ -> wire.send(new Answer.Instances(formation.instances()));
            case Request.Services _ -> wire.send(new Answer.Services(formation.services()));
            case Request.Releases _ -> wire.send(new Answer.Releases(formation.releases()));
            case Request.Metrics _ -> wire.send(new Answer.Text(formation.metrics()));
            case Request.Logs logs -> tell(logs);
            case Request.Run run -> lend(run);
            case Request.Change change -> {
                if (change instanceof Request.Stop) {
                    wire.send(new Answer.Runner(ProcessHandle.current().pid()));
                }
                return make(change);
            }
        }
        return "";
    }

    private void tell(Request.Logs logs) throws IOException {
        EventFormat format = logs.json() ? new JsonLines() : new ReadableLines(ZoneId.systemDefault(), logs.coloured());
        telling(event -> text(format.format(event)), logs.latest(), event -> isOf(event, logs.types()), _ -> {
            if (logs.follow()) {
                enough.join();
            }
            return "";
        });
    }

    /** Does something, and sends what happens meanwhile; on a thread of its own, since a client may not read. */
    private String telling(
            EventFormat format, int latest, Predicate<Event> wanted, Function<Consumer<Event>, String> work)
            throws IOException {
        try (EventPrinter printer = new EventPrinter(wire.stream(), format, _ -> gone.complete(null))) {
            try (var _ = formation.log().follow(latest, wanted, printer)) {
                return work.apply(printer);
            } finally {
                settle(printer.end());
            }
        }
    }

    /**
     * The last answer comes neither before what was told nor into the middle of it, though the client may read as slowly as
     * whoever sits before a pager.
     */
    private void settle(CompletableFuture<Void> written) throws IOException {
        CompletableFuture.anyOf(written, enough).join();
        written.copy()
                .completeOnTimeout(null, PARTING.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (!written.isDone()) {
            wire.hangUp();
            throw new IOException("the client does not read");
        }
    }

    private static boolean isOf(Event event, List<String> types) {
        return types.isEmpty()
                || switch (event) {
                    case Event.Lifecycle told ->
                        told.subject().filter(subject -> isOf(subject, types)).isPresent();
                    case Event.Output output -> isOf(output.instance(), types);
                    case Event.Request request ->
                        request.access()
                                .instance()
                                .filter(instance -> isOf(instance, types))
                                .isPresent();
                    case Event.Banner _ -> false;
                };
    }

    private static boolean isOf(String instance, List<String> types) {
        return types.contains(instance) || types.contains(instance.replaceFirst("\\.\\d+$", ""));
    }

    private void lend(Request.Run run) throws IOException {
        try (Controlled.OneOff oneOff = formation.oneOff(run.words())) {
            wire.send(new Answer.OneOff(oneOff.name(), oneOff.folder().toString(), oneOff.environment()));
            enough.join();
        }
    }

    private String make(Request.Change change) throws IOException {
        return telling(event -> Wire.line(progress(event)), 0, ControlSession::isProgress, receiver -> {
            Thread beating = Thread.ofVirtual().name("control-pulse").start(() -> pulse(receiver));
            try {
                return formation.change(change, gone);
            } finally {
                beating.interrupt();
            }
        });
    }

    /** A release command or a build may say nothing for an hour, and the client must know that it is not forgotten. */
    private void pulse(Consumer<Event> receiver) {
        Instant start = Instant.now();
        try {
            while (true) {
                Thread.sleep(pulse);
                Instant now = Instant.now();
                String message =
                        "still under way after " + Duration.between(start, now).toSeconds() + " s";
                receiver.accept(new Event.Lifecycle(
                        now, Event.Kind.NOTE, Optional.empty(), Event.Level.INFO, message, Map.of()));
            }
        } catch (InterruptedException e) {
            // The change is made.
        }
    }

    private static boolean isProgress(Event event) {
        return switch (event) {
            case Event.Lifecycle told ->
                switch (told.kind()) {
                    // The last answer says it.
                    case CHANGE_ENDED, CHANGE_FAILED, STOPPED -> false;
                    default -> true;
                };
            case Event.Output output -> ON_THE_WAY.contains(output.instance());
            case Event.Request _, Event.Banner _ -> false;
        };
    }

    private static Answer progress(Event event) {
        return new Answer.Progress(
                switch (event) {
                    case Event.Lifecycle told -> told.message();
                    case Event.Output output -> output.instance() + " | " + output.line();
                    case Event.Request request -> request.access().path();
                    case Event.Banner banner -> banner.text();
                });
    }

    private static String text(String shown) {
        return shown.isEmpty() ? "" : Wire.line(new Answer.Text(shown));
    }

    /** A client says nothing after its request; what comes is that it is gone. */
    private void watch() {
        try {
            wire.receive(Request.class);
        } catch (IOException e) {
            // Gone, in whatever way.
        }
        gone.complete(null);
    }
}
