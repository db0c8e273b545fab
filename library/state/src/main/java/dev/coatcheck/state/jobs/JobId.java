package dev.coatcheck.state.jobs;

import java.util.UUID;

/** Names a job, for good: ids are never used again. */
public record JobId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
