package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresIdempotency;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.IdempotencyFilter;
import dev.coatcheck.servlet.IdempotencyFilterSettings;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.ClaimResult.InProgress;
import dev.coatcheck.state.idempotency.ClaimResult.Mismatch;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import dev.coatcheck.state.sessions.SessionSettings;
import jakarta.servlet.ServletContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/idempotency.md}, as two instances run them. */
class IdempotencyGuideTest {
    private static void addFilters(Redis redis, ServletContext servletContext) {
        new SessionFilter(redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults())
                .addTo(servletContext);
        var idempotency = redis.idempotency(IdempotencySettings.defaults());
        new IdempotencyFilter(idempotency, IdempotencyFilterSettings.forUser(SessionUser::of)).addTo(servletContext);
    }

    @Test
    void a_repeated_request_gets_its_first_answer_on_any_instance() {
        var payments = new AtomicInteger();
        Map<String, Page> pages = Map.of(
                "/pay", (request, response) -> response.getWriter().print("receipt " + payments.incrementAndGet()));
        var url = SharedServers.freshRedisUrl();
        try (var one = Redis.attach(url);
                var two = Redis.attach(url);
                var here = Instance.start(servletContext -> addFilters(one, servletContext), pages);
                var there = Instance.start(servletContext -> addFilters(two, servletContext), pages);
                var visitor = new Visitor()) {
            visitor.send("POST", here.at("/pay"), "Idempotency-Key", "7");
            var repeated = visitor.send("POST", there.at("/pay"), "Idempotency-Key", "7");
            var other = visitor.send("POST", there.at("/pay?to=bob"), "Idempotency-Key", "7");

            assertThat(repeated.body()).isEqualTo("receipt 1");
            assertThat(repeated.headers().firstValue("Idempotent-Replayed")).contains("true");
            assertThat(other.statusCode()).isEqualTo(422);
            assertThat(payments).hasValue(1);
        }
    }

    private static final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class UnprocessableException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Payments implements AutoCloseable {
        private final Postgres postgres;
        private final PostgresIdempotency idempotency;
        private Runnable meanwhile = () -> {};

        Payments(String url) {
            this.postgres = Postgres.attach(url);
            this.idempotency =
                    postgres.idempotency(IdempotencySettings.defaults().withLease(Duration.ofMillis(100)));
        }

        String pay(String user, String key, String body) throws SQLException {
            switch (idempotency.claim(user + ":" + key, sha256(body))) {
                case Claimed(var claim) -> {
                    try (var connection = postgres.dataSource().getConnection()) {
                        connection.setAutoCommit(false);
                        var receipt = insertPayment(connection, body);
                        if (idempotency.record(connection, claim, receipt) instanceof Recorded) {
                            connection.commit(); // both
                            return receipt;
                        }
                        connection.rollback(); // neither: another took over
                        throw new ConflictException();
                    }
                }
                case Completed(var receipt) -> {
                    return receipt;
                }
                case InProgress(var atMost) -> throw new ConflictException();
                case Mismatch() -> throw new UnprocessableException();
            }
        }

        private String insertPayment(Connection connection, String body) throws SQLException {
            try (var insert = connection.prepareStatement("insert into payments (body) values (?) returning id")) {
                insert.setString(1, body);
                try (var row = insert.executeQuery()) {
                    row.next();
                    meanwhile.run();
                    return "receipt " + row.getLong(1);
                }
            }
        }

        private long count() throws SQLException {
            try (var connection = postgres.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("select count(*) from payments")) {
                row.next();
                return row.getLong(1);
            }
        }

        @Override
        public void close() {
            postgres.close();
        }
    }

    @Nested
    class OnPostgreSql {
        private final String url = SharedServers.freshPostgresUrl();
        private final Payments one = new Payments(url);
        private final Payments two = new Payments(url);

        @BeforeEach
        void createTable() throws SQLException {
            try (var connection = one.postgres.dataSource().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create table payments (id bigint generated always as identity, body text not null)");
            }
        }

        @AfterEach
        void detach() {
            one.close();
            two.close();
        }

        @Test
        void an_effect_and_its_record_are_one_transaction() throws SQLException {
            assertThat(one.pay("ada", "7", "10 to bob")).isEqualTo("receipt 1");
            assertThat(two.pay("ada", "7", "10 to bob")).isEqualTo("receipt 1");
            assertThatThrownBy(() -> two.pay("ada", "7", "10000 to bob")).isInstanceOf(UnprocessableException.class);
            assertThat(one.count()).isEqualTo(1);
        }

        @Test
        void who_was_overtaken_has_done_nothing() throws SQLException {
            one.meanwhile = () -> payWhenTheLeaseHasEnded(two);

            assertThatThrownBy(() -> one.pay("ada", "7", "10 to bob")).isInstanceOf(ConflictException.class);
            assertThat(one.count()).isEqualTo(1);
            assertThat(one.pay("ada", "7", "10 to bob")).isEqualTo("receipt 2");
        }
    }

    /** What takes longer than its lease of a tenth of a second is overtaken. */
    private static void payWhenTheLeaseHasEnded(Payments payments) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(ConflictException.class)
                .until(() -> payments.pay("ada", "7", "10 to bob").startsWith("receipt"));
    }

    private static String sha256(String body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
