package dev.coatcheck.formation.event;

import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Event.Lifecycle;
import dev.coatcheck.formation.event.Event.Stream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Dates events and hands them on. Safe for use by several threads if the receiver is. */
public final class Journal {
    private final InstantSource clock;
    private final Consumer<Event> receiver;

    public Journal(InstantSource clock, Consumer<Event> receiver) {
        this.clock = clock;
        this.receiver = receiver;
    }

    /** Of the formation itself. */
    public void tell(Kind kind, Level level, String message, Map<String, Object> details) {
        receiver.accept(new Lifecycle(clock.instant(), kind, Optional.empty(), level, message, details));
    }

    /** Of an instance or a backing service. */
    public void tell(String subject, Kind kind, Level level, String message, Map<String, Object> details) {
        receiver.accept(new Lifecycle(clock.instant(), kind, Optional.of(subject), level, message, details));
    }

    /** Beside an event that says the same to programs. */
    public void banner(String text) {
        receiver.accept(new Event.Banner(clock.instant(), text));
    }

    public void output(String instance, Stream stream, String line) {
        receiver.accept(new Event.Output(clock.instant(), instance, stream, line));
    }
}
