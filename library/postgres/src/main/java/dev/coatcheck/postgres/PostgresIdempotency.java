package dev.coatcheck.postgres;

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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Idempotency in a table, with what only a database can do: the response is recorded in the caller's own transaction,
 * together with what the request has done. Then it takes effect exactly once, however long it takes and whoever dies.
 *
 * <pre>{@code
 * try (var connection = postgres.dataSource().getConnection()) {
 *     connection.setAutoCommit(false);
 *     var order = insertOrder(connection, body);
 *     switch (idempotency.record(connection, claim, order.toJson())) {
 *         case Recorded() -> connection.commit();
 *         case Superseded() -> connection.rollback(); // another was here: ask again what came of it
 *         case TooLarge(var bytes, var max) -> connection.rollback();
 *     }
 * }
 * }</pre>
 *
 * <p>Every method is one round trip. Thread-safe.
 */
public final class PostgresIdempotency implements Idempotency {
    private final Database database;
    private final IdempotencySettings settings;

    PostgresIdempotency(Database database, IdempotencySettings settings) {
        this.database = database;
        this.settings = settings;
    }

    @Override
    public ClaimResult claim(String key, String fingerprint) {
        Idempotency.require(key, fingerprint);
        return database.ask("claim an idempotent request", connection -> {
            try (var claim = connection.prepareStatement("select * from coatcheck.claim_request_v1(?, ?, ?, ?)")) {
                claim.setString(1, key);
                claim.setString(2, fingerprint);
                claim.setLong(3, Database.micros(settings.lease()));
                claim.setLong(4, Database.micros(settings.keep()));
                return Rows.only(claim, row -> result(key, row));
            }
        });
    }

    private static ClaimResult result(String key, ResultSet row) throws SQLException {
        var outcome = row.getString("outcome");
        return switch (outcome) {
            case "claimed" -> new Claimed(new Claim(key, row.getLong("token")));
            case "completed" -> new Completed(row.getString("response"));
            case "in progress" -> new InProgress(Duration.ofNanos(row.getLong("wait_us") * 1_000));
            case "mismatch" -> new Mismatch();
            default -> throw new SQLException("the claim of a request answered " + outcome);
        };
    }

    /** Waits for a transaction in which this claim's response is recorded: renew on another thread than that one's. */
    @Override
    public boolean renew(Claim claim) {
        return database.ask("renew the claim of a request", connection -> {
            try (var renew = connection.prepareStatement("select coatcheck.renew_request_v1(?, ?, ?, ?)")) {
                renew.setString(1, claim.key());
                renew.setLong(2, claim.token());
                renew.setLong(3, Database.micros(settings.lease()));
                renew.setLong(4, Database.micros(settings.keep()));
                return Rows.only(renew, row -> row.getBoolean(1));
            }
        });
    }

    @Override
    public IdempotencySettings settings() {
        return settings;
    }

    @Override
    public RecordResult record(Claim claim, String response) {
        return database.ask("record the response to a request", connection -> add(connection, claim, response));
    }

    /**
     * Records a response in the caller's transaction: it is there when that commits, and not otherwise. Until then others
     * hear that the request is in progress; who takes the claim over meanwhile, because its lease has ended, makes this
     * {@link Superseded}, and whoever comes after this waits for nobody.
     *
     * @return roll back unless it is {@link Recorded}
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public RecordResult record(Connection connection, Claim claim, String response) throws SQLException {
        return add(connection, claim, response);
    }

    private RecordResult add(Connection connection, Claim claim, String response) throws SQLException {
        StoredText.require("the response to a request", response);
        int bytes = StoredText.utf8Length(response);
        if (bytes > settings.maxResponseBytes()) {
            return new TooLarge(bytes, settings.maxResponseBytes());
        }
        try (var add = connection.prepareStatement("select coatcheck.record_response_v1(?, ?, ?, ?)")) {
            add.setString(1, claim.key());
            add.setLong(2, claim.token());
            add.setString(3, response);
            add.setLong(4, Database.micros(settings.keep()));
            return Rows.only(add, row -> row.getBoolean(1)) ? new Recorded() : new Superseded();
        }
    }

    @Override
    public void abandon(Claim claim) {
        database.ask("abandon a request", connection -> {
            try (var delete = connection.prepareStatement(
                    "delete from coatcheck.idempotency where key = ? and token = ? and response is null")) {
                delete.setString(1, claim.key());
                delete.setLong(2, claim.token());
                return delete.executeUpdate();
            }
        });
    }
}
