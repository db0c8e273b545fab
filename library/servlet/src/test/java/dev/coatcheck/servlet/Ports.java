package dev.coatcheck.servlet;

import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Optional;
import java.util.function.Function;

/**
 * The ports of an attached store that have a face over HTTP.
 *
 * @param resource what gave them out
 * @param limits by what is chosen for an outage; empty where the store serves none, as the next
 */
record Ports(
        AutoCloseable resource,
        Sessions sessions,
        Optional<Function<OnOutage, Limits>> limits,
        Optional<Idempotency> idempotency)
        implements AutoCloseable {
    @Override
    public void close() {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("the store was not detached", e);
        }
    }
}
