package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/leases.md}, as two instances run them. */
class LeasesGuideTest {
    private static final String URL = SharedServers.freshRedisUrl();

    /** Keeps what it is told. */
    private static final class Log {
        private final List<String> lines = new ArrayList<>();

        void info(String line) {
            lines.add(line);
        }
    }

    private static class Attached {
        final Redis redis = Redis.attach(URL);
        final String instanceName;

        Attached(String instanceName) {
            this.instanceName = instanceName;
        }
    }

    private static final class AttachedProcess extends Attached implements AutoCloseable {
        private final List<String> accounts = List.of("ada", "bob");
        private final List<String> sent = new ArrayList<>();
        private final Log log = new Log();
        private Runnable meanwhile = () -> {};
        private long token;

        AttachedProcess(String instanceName) {
            super(instanceName);
        }

        private final Leases leases = redis.leases(LeaseSettings.heldBy(instanceName));

        void nightly() {
            switch (leases.tryAcquire("nightly-report")) {
                case Acquired(var lease) -> {
                    try (lease) {
                        for (var account : accounts) {
                            if (!lease.isHeld()) {
                                return; // another instance goes on
                            }
                            sendReport(account, lease.token());
                        }
                    }
                }
                case Busy(var holder) -> log.info("done by " + holder.name());
            }
        }

        private void sendReport(String account, long token) {
            sent.add(account);
            this.token = token;
            meanwhile.run();
        }

        @Override
        public void close() {
            leases.close();
            redis.close();
        }
    }

    @Test
    void one_of_two_instances_sends_the_reports_and_the_next_night_any() {
        try (var one = new AttachedProcess("web.1");
                var two = new AttachedProcess("web.2")) {
            one.meanwhile = two::nightly;
            one.nightly();
            assertThat(one.sent).containsExactly("ada", "bob");
            assertThat(two.sent).isEmpty();
            assertThat(two.log.lines).containsExactly("done by web.1", "done by web.1");

            two.nightly();
            assertThat(two.sent).containsExactly("ada", "bob");
            assertThat(two.token).isGreaterThan(one.token);
        }
    }

    @Test
    void a_row_refuses_a_token_that_is_smaller_than_one_it_has_seen() throws SQLException {
        try (var postgres = Postgres.attach(SharedServers.freshPostgresUrl());
                var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table reports (id text primary key, body text, fence bigint not null)");
            statement.execute("insert into reports values ('ada', '', 0)");

            assertThat(write(connection, "of the second", 2)).isEqualTo(1);
            assertThat(write(connection, "of the first, who was stopped", 1)).isZero();
            assertThat(write(connection, "more of the second", 2)).isEqualTo(1);
        }
    }

    private static int write(Connection connection, String body, long token) throws SQLException {
        try (var update =
                connection.prepareStatement("update reports set body = ?, fence = ? where id = ? and fence <= ?")) {
            update.setString(1, body);
            update.setLong(2, token);
            update.setString(3, "ada");
            update.setLong(4, token);
            return update.executeUpdate();
        }
    }
}
