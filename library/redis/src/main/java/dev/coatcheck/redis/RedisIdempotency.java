package dev.coatcheck.redis;

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
import java.util.List;

/** Idempotency on Redis: a hash for each key, which ends when its response is kept no longer. Each method is one command. */
final class RedisIdempotency implements Idempotency {
    private static final Script CLAIM = Script.of("idempotency-claim.lua");
    private static final Script RENEW = Script.of("idempotency-renew.lua");
    private static final Script RECORD = Script.of("idempotency-record.lua");
    private static final Script ABANDON = Script.of("idempotency-abandon.lua");

    private final Connection connection;
    private final String prefix;
    private final IdempotencySettings settings;

    RedisIdempotency(Connection connection, String prefix, IdempotencySettings settings) {
        this.connection = connection;
        this.prefix = prefix;
        this.settings = settings;
    }

    @Override
    public ClaimResult claim(String key, String fingerprint) {
        Idempotency.require(key, fingerprint);
        var attempt = "claim an idempotent request";
        var arguments = List.of(fingerprint, millis(settings.lease()), millis(settings.keep()));
        var reply = connection.await(attempt, connection.run(CLAIM, keys(key), arguments));
        return switch (String.valueOf(reply.get(0))) {
            case "claimed" -> new Claimed(new Claim(key, Long.parseLong(String.valueOf(reply.get(1)))));
            case "completed" -> new Completed(String.valueOf(reply.get(1)));
            case "in progress" -> new InProgress(Duration.ofMillis(Long.parseLong(String.valueOf(reply.get(1)))));
            case "mismatch" -> new Mismatch();
            default ->
                throw connection.failure(
                        attempt,
                        new IllegalStateException(
                                "a newer release wrote the request in a format that this one does not read"));
        };
    }

    @Override
    public boolean renew(Claim claim) {
        var arguments = List.of(Long.toString(claim.token()), millis(settings.lease()), millis(settings.keep()));
        var reply =
                connection.await("renew the claim of a request", connection.run(RENEW, keys(claim.key()), arguments));
        return String.valueOf(reply.get(0)).equals("1");
    }

    @Override
    public IdempotencySettings settings() {
        return settings;
    }

    @Override
    public RecordResult record(Claim claim, String response) {
        StoredText.require("the response to a request", response);
        int bytes = StoredText.utf8Length(response);
        if (bytes > settings.maxResponseBytes()) {
            return new TooLarge(bytes, settings.maxResponseBytes());
        }
        var arguments = List.of(Long.toString(claim.token()), response, millis(settings.keep()));
        var reply = connection.await(
                "record the response to a request", connection.run(RECORD, keys(claim.key()), arguments));
        return String.valueOf(reply.get(0)).equals("1") ? new Recorded() : new Superseded();
    }

    @Override
    public void abandon(Claim claim) {
        connection.await(
                "abandon a request", connection.run(ABANDON, keys(claim.key()), List.of(Long.toString(claim.token()))));
    }

    private List<String> keys(String key) {
        return List.of(prefix + "idempotency:" + key);
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
