package dev.coatcheck.contracts.faults;

import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.uploads.Uploads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An attached resource with the ports that it serves, all of which are tried in every fault; it closes them. */
public final class AttachedPorts implements AutoCloseable {
    private final Deque<AutoCloseable> attached = new ArrayDeque<>();
    private final List<Operation> operations = new ArrayList<>();
    private @Nullable Limits closedLimits;
    private @Nullable Sessions sessions;
    private @Nullable Cache cache;

    /** @param resource closed last */
    public AttachedPorts(AutoCloseable resource) {
        attached.push(resource);
    }

    public AttachedPorts with(Sessions sessions) {
        this.sessions = sessions;
        operations.addAll(SessionOperations.of(sessions));
        return this;
    }

    /** A cache, near or not, whose entries are not loaded early; the first one is not near. */
    public AttachedPorts with(Cache cache) {
        this.cache = this.cache == null ? cache : this.cache;
        operations.addAll(CacheOperations.of(cache));
        attached.push(cache);
        return this;
    }

    /** Limits, by what is chosen for an outage. */
    public AttachedPorts with(Function<OnOutage, Limits> limits) {
        operations.addAll(LimitOperations.of(limits));
        closedLimits = limits.apply(new OnOutage.Closed());
        return this;
    }

    public AttachedPorts with(Leases leases) {
        operations.addAll(LeaseOperations.of(leases));
        attached.push(leases);
        return this;
    }

    public AttachedPorts with(Idempotency idempotency) {
        operations.addAll(IdempotencyOperations.of(idempotency));
        return this;
    }

    public AttachedPorts with(Flags flags) {
        operations.addAll(FlagOperations.of(flags));
        attached.push(flags);
        return this;
    }

    public AttachedPorts with(Channels channels) {
        operations.addAll(ChannelOperations.of(channels));
        attached.push(channels);
        return this;
    }

    public AttachedPorts with(Blobs blobs) {
        operations.addAll(BlobOperations.of(blobs));
        return this;
    }

    public AttachedPorts with(Uploads uploads) {
        operations.addAll(UploadOperations.of(uploads));
        return this;
    }

    public AttachedPorts with(Jobs jobs) {
        operations.addAll(JobOperations.of(jobs));
        return this;
    }

    /** Limits that fail in an outage, where the resource serves any. */
    Optional<Limits> closedLimits() {
        return Optional.ofNullable(closedLimits);
    }

    Optional<Sessions> sessions() {
        return Optional.ofNullable(sessions);
    }

    /** The one that is not near. */
    Optional<Cache> cache() {
        return Optional.ofNullable(cache);
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }

    @Override
    public void close() {
        try {
            while (!attached.isEmpty()) {
                attached.pop().close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("a port was not closed", e);
        }
    }
}
