package dev.coatcheck.contracts.idempotency;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.ClaimResult.InProgress;
import dev.coatcheck.state.idempotency.ClaimResult.Mismatch;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import dev.coatcheck.state.idempotency.RecordResult.Superseded;
import dev.coatcheck.state.idempotency.RecordResult.TooLarge;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Idempotency in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. Another process runs every request again, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryIdempotency implements Idempotency {
    private final IdempotencySettings settings;
    private final InstantSource clock;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(
            String fingerprint, long token, Instant leasedUntil, Optional<String> response, Instant keepUntil) {}

    public InMemoryIdempotency(IdempotencySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public synchronized ClaimResult claim(String key, String fingerprint) {
        Idempotency.require(key, fingerprint);
        var now = clock.instant();
        entries.values().removeIf(entry -> !entry.keepUntil.isAfter(now));
        var entry = entries.get(key);
        if (entry != null) {
            if (!entry.fingerprint.equals(fingerprint)) {
                return new Mismatch();
            }
            if (entry.response.isPresent()) {
                return new Completed(entry.response.get());
            }
            if (entry.leasedUntil.isAfter(now)) {
                return new InProgress(Duration.between(now, entry.leasedUntil));
            }
        }
        long token = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, now), entry == null ? 0 : entry.token + 1);
        var leasedUntil = now.plus(settings.lease());
        entries.put(
                key, new Entry(fingerprint, token, leasedUntil, Optional.empty(), leasedUntil.plus(settings.keep())));
        return new Claimed(new Claim(key, token));
    }

    @Override
    public synchronized boolean renew(Claim claim) {
        var entry = entries.get(claim.key());
        if (entry == null || entry.token != claim.token() || entry.response.isPresent()) {
            return false;
        }
        var leasedUntil = clock.instant().plus(settings.lease());
        entries.put(
                claim.key(),
                new Entry(
                        entry.fingerprint,
                        entry.token,
                        leasedUntil,
                        Optional.empty(),
                        leasedUntil.plus(settings.keep())));
        return true;
    }

    @Override
    public IdempotencySettings settings() {
        return settings;
    }

    @Override
    public synchronized RecordResult record(Claim claim, String response) {
        StoredText.require("the response to a request", response);
        int bytes = StoredText.utf8Length(response);
        if (bytes > settings.maxResponseBytes()) {
            return new TooLarge(bytes, settings.maxResponseBytes());
        }
        var entry = entries.get(claim.key());
        if (entry == null
                || entry.token != claim.token()
                || !entry.response.orElse(response).equals(response)) {
            return new Superseded();
        }
        var keepUntil = clock.instant().plus(settings.keep());
        entries.put(
                claim.key(),
                new Entry(entry.fingerprint, entry.token, entry.leasedUntil, Optional.of(response), keepUntil));
        return new Recorded();
    }

    @Override
    public synchronized void abandon(Claim claim) {
        var entry = entries.get(claim.key());
        if (entry != null && entry.token == claim.token() && entry.response.isEmpty()) {
            entries.remove(claim.key());
        }
    }
}
