package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.RecordResult;
import java.io.IOException;

/** A store that can be cut off. */
final class CutOffIdempotency implements Idempotency {
    private final Idempotency store;
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
            throw new BackingServiceException("the store under test", attempt, new IOException("cut off"));
        }
    }
}
