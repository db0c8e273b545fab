package dev.coatcheck.state.channels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A place among the connections that a process serves, until it is given back. Thread-safe. */
public final class Place implements AutoCloseable {
    private final AtomicInteger taken;
    private final AtomicBoolean givenBack = new AtomicBoolean();

    /** @param taken in which it is counted already */
    Place(AtomicInteger taken) {
        this.taken = taken;
    }

    /** Gives it back; does nothing where it was. */
    @Override
    public void close() {
        if (!givenBack.getAndSet(true)) {
            taken.decrementAndGet();
        }
    }
}
