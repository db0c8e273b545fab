package dev.coatcheck.formation.application;

import dev.coatcheck.host.process.Signal;
import java.time.Duration;
import java.util.Optional;

/**
 * How the instances of a process type are asked to stop.
 *
 * @param signal sent to all of an instance's processes. TERM is what most expect; nginx, for one, finishes its requests on QUIT
 *     and drops them on TERM
 * @param limit how long they may take before they are killed; empty for the formation's own
 */
public record StopPolicy(Signal signal, Optional<Duration> limit) {
    public static final StopPolicy DEFAULT = new StopPolicy(Signal.TERM, Optional.empty());
}
