package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What publishing costs in rows, and what is said by releases to come. */
class ChannelRowsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Topic ALBUM = Topic.of("album-7");

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();

    /** Rows that a transaction elsewhere may still see cannot be vacuumed away, nor marked as dead. */
    @Test
    void publishing_looks_at_no_row_that_was_dropped_before() throws SQLException {
        // One connection, since each counts by itself before it tells the server.
        var one = databases.attach(PostgresSettings.defaults().withPoolSize(1));
        var store = one.channelStore();
        var few = Retention.defaults().withMessages(2);
        var large = "x".repeat(1_900); // four rows in a page
        update(postgres, "alter table coatcheck.channel_messages set (autovacuum_enabled = false)");
        try (var elsewhere = postgres.dataSource().getConnection();
                var statement = elsewhere.createStatement()) {
            elsewhere.setAutoCommit(false);
            elsewhere.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select count(*) from coatcheck.channel_messages");
            for (int i = 0; i < 600; i++) {
                store.publish(ALBUM, large, few);
            }
            long pages = pagesRead(one, () -> store.publish(ALBUM, large, few));
            elsewhere.rollback();

            assertThat(pages).isLessThan(50);
        } finally {
            update(postgres, "alter table coatcheck.channel_messages reset (autovacuum_enabled)");
        }
    }

    /** Of the messages and their index, as the server counts them. */
    private static long pagesRead(Postgres by, Runnable action) {
        long before = pagesRead(by);
        action.run();
        return pagesRead(by) - before;
    }

    private static long pagesRead(Postgres by) {
        query(by, "select pg_stat_force_next_flush()");
        var count = "select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read from pg_statio_user_tables"
                + " where relname = 'channel_messages'";
        return Long.parseLong(query(by, count).get(0));
    }

    @Test
    void a_topic_of_a_kind_that_only_a_later_release_knows_disturbs_nobody() throws Exception {
        try (var channels = postgres.channels(ChannelSettings.defaults().withCheck(Duration.ofHours(1)));
                var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            assertThat(subscription.next(PATIENCE)).isInstanceOf(Begun.class);
            var listening = "select pid from pg_stat_activity where datname = current_database()"
                    + " and query like 'listen coatcheck_channels%'";
            await().atMost(PATIENCE).until(() -> query(postgres, listening).size() == 1);
            var connection = query(postgres, listening);
            query(postgres, "select pg_notify('coatcheck_channels', 'x:of a kind to come')");
            channels.publish(ALBUM, "1");

            assertThat(subscription.next(PATIENCE))
                    .isInstanceOfSatisfying(
                            Message.class,
                            message -> assertThat(message.payload()).isEqualTo("1"));
            assertThat(query(postgres, listening)).as("the same connection").isEqualTo(connection);
        }
    }
}
