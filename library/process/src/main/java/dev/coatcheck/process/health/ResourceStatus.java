package dev.coatcheck.process.health;

import java.time.Duration;

/** What a {@link Check} found. */
public sealed interface ResourceStatus {
    /** The resource answered after {@code took}. */
    record Up(Duration took) implements ResourceStatus {}

    /**
     * The resource did not answer. {@code reason} is short and holds no addresses or messages, because health is often open
     * to more people than the log, where the whole exception is.
     */
    record Down(String reason) implements ResourceStatus {}
}
