package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that can be cut off, and counts how often a claim was renewed. */
final class CutOffIdempotency implements Idempotency {
    private final Idempotency store;
    final AtomicInteger refusals = new AtomicInteger();
    final AtomicInteger renewals = new AtomicInteger();
    volatile boolean cutOff;

    CutOffIdempotency(Idempotency store) {
        this.store = store;
    }

    @Override
    public ClaimResult claim(String key, String fingerprint) {
        failIfCutOff("claim");
        return store.claim(key, fingerprint);
    }

    @Override
    public boolean renew(Claim claim) {
        failIfCutOff("renew");
        renewals.incrementAndGet();
        return store.renew(claim);
    }

    @Override
    public IdempotencySettings settings() {
        return store.settings();
    }

    @Override
    public RecordResult record(Claim claim, String response) {
        failIfCutOff("record");
        return store.record(claim, response);
    }

    @Override
    public void abandon(Claim claim) {
        failIfCutOff("abandon");
        store.abandon(claim);
    }

    private void failIfCutOff(String attempt) {
        if (cutOff) {
            refusals.incrementAndGet();
            throw new BackingServiceException("the store under test", attempt, new IOException("cut off"));
        }
    }
}
