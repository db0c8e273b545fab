package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.ClaimResult.InProgress;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import dev.coatcheck.state.idempotency.RecordResult.Superseded;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A response in one transaction with what the request has done. */
class IdempotentTransactionsTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String KEY = "key";

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresIdempotency idempotency = postgres.idempotency(IdempotencySettings.defaults());
    private final PostgresIdempotency brief =
            postgres.idempotency(IdempotencySettings.defaults().withLease(SHORT));

    @BeforeEach
    void makeTheApplicationsTable() {
        Databases.update(postgres, "drop table if exists public.payments");
        Databases.update(postgres, "create table public.payments (amount int)");
    }

    @Test
    void a_response_is_there_with_what_was_done_or_not_at_all() throws SQLException {
        var claim = claim(idempotency);
        try (var connection = begin()) {
            pay(connection, 5);
            assertThat(idempotency.record(connection, claim, "paid 5")).isEqualTo(new Recorded());
            connection.rollback();
        }
        assertThat(idempotency.claim(KEY, "a")).isInstanceOf(InProgress.class);
        assertThat(payments()).isEmpty();

        try (var connection = begin()) {
            pay(connection, 5);
            assertThat(idempotency.record(connection, claim, "paid 5")).isEqualTo(new Recorded());
            connection.commit();
        }
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("paid 5"));
        assertThat(payments()).containsExactly("5");
    }

    @Test
    void who_was_taken_over_is_told_in_time_to_roll_back() throws SQLException {
        var late = claim(brief);
        try (var connection = begin()) {
            pay(connection, 5);
            var next = awaitClaim();

            assertThat(brief.record(connection, late, "paid 5")).isEqualTo(new Superseded());

            connection.rollback();
            assertThat(brief.record(next, "paid by another")).isEqualTo(new Recorded());
        }
        assertThat(payments()).isEmpty();
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("paid by another"));
    }

    @Test
    void nobody_waits_for_a_transaction_that_records_and_nobody_takes_over_what_it_records() throws SQLException {
        var claim = claim(brief);
        try (var connection = begin()) {
            assertThat(brief.record(connection, claim, "done")).isEqualTo(new Recorded());

            // Beyond the end of the lease. A server that let this wait would cut it after ten seconds.
            await().during(SHORT.multipliedBy(3))
                    .atMost(PATIENCE)
                    .until(() -> brief.claim(KEY, "a") instanceof InProgress);

            connection.commit();
        }
        assertThat(brief.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    private Claim awaitClaim() {
        var result = await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> brief.claim(KEY, "a"), Claimed.class::isInstance);
        return ((Claimed) result).claim();
    }

    private static Claim claim(PostgresIdempotency idempotency) {
        return ((Claimed) idempotency.claim(KEY, "a")).claim();
    }

    private Connection begin() throws SQLException {
        var connection = postgres.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void pay(Connection connection, int amount) throws SQLException {
        try (var insert = connection.prepareStatement("insert into public.payments values (?)")) {
            insert.setInt(1, amount);
            insert.executeUpdate();
        }
    }

    private List<String> payments() {
        return Databases.query(postgres, "select amount from public.payments");
    }
}
