package dev.coatcheck.contracts.leases;

import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import dev.coatcheck.state.leases.Holder;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.WaitingRoom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leases in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It excludes nobody in another process, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryLeaseStore implements LeaseStore {
    private final InstantSource clock;
    private final Map<String, Held> leases = new HashMap<>();
    private final WaitingRoom waiting = new WaitingRoom();

    private record Held(long token, String holder, Instant end) {
        boolean isOver(Instant now) {
            return !end.isAfter(now);
        }
    }

    public InMemoryLeaseStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized GrantResult grant(String name, String holder, Duration duration) {
        var now = clock.instant();
        var last = leases.get(name);
        if (last != null && !last.isOver(now)) {
            return new Refused(holder(last, now));
        }
        long token = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, now), last == null ? 0 : last.token + 1);
        leases.put(name, new Held(token, holder, now.plus(duration)));
        return new Granted(new Grant(name, token));
    }

    @Override
    public synchronized Set<Grant> renew(Collection<Grant> grants, Duration duration) {
        var end = clock.instant().plus(duration);
        var kept = grants.stream().filter(this::isHeld).collect(Collectors.toSet());
        kept.forEach(
                grant -> leases.computeIfPresent(grant.name(), (name, held) -> new Held(held.token, held.holder, end)));
        return kept;
    }

    @Override
    public synchronized boolean release(Grant grant) {
        if (!isHeld(grant)) {
            return false;
        }
        leases.computeIfPresent(grant.name(), (name, held) -> new Held(held.token, held.holder, Instant.MIN));
        waiting.wake(grant.name());
        return true;
    }

    @Override
    public synchronized Optional<Holder> holder(String name) {
        var now = clock.instant();
        return Optional.ofNullable(leases.get(name))
                .filter(held -> !held.isOver(now))
                .map(held -> holder(held, now));
    }

    @Override
    public Waiting await(String name) {
        return waiting.enter(name);
    }

    private boolean isHeld(Grant grant) {
        var held = leases.get(grant.name());
        return held != null && held.token == grant.token() && !held.isOver(clock.instant());
    }

    private static Holder holder(Held held, Instant now) {
        return new Holder(held.holder, held.token, Duration.between(now, held.end));
    }
}
