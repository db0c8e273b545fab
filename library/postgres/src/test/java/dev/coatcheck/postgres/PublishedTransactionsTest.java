package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message in one transaction with what it tells of. */
class PublishedTransactionsTest {
    private static final Topic ALBUM = Topic.of("album-7");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresPublisher publisher = postgres.publisher(Retention.defaults());

    private static Subscription subscribe(Channels channels) throws InterruptedException {
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(ALBUM);
        assertThat(subscription.next(PATIENCE)).isInstanceOf(Begun.class);
        return subscription;
    }

    private Connection begin() throws SQLException {
        var connection = postgres.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    @Test
    void a_message_is_heard_of_when_its_transaction_commits_and_not_otherwise() throws Exception {
        try (var channels = postgres.channels(ChannelSettings.defaults())) {
            var subscription = subscribe(channels);
            try (var connection = begin()) {
                publisher.publish(connection, ALBUM, "undone");
                connection.rollback();
                var position = publisher.publish(connection, ALBUM, "done");
                assertThat(subscription.next(Duration.ofMillis(300))).isEqualTo(new Nothing());
                connection.commit();

                assertThat(subscription.next(PATIENCE)).isEqualTo(new Message(ALBUM, position, "done"));
            }
        }
    }

    @Test
    void the_order_is_that_of_the_commits_and_who_reads_meanwhile_leaves_nothing_out() throws Exception {
        try (var channels = postgres.channels(ChannelSettings.defaults())) {
            var subscription = subscribe(channels);
            var published = new CountDownLatch(1);
            Together.run(2, thread -> {
                if (thread == 0) {
                    try (var connection = begin()) {
                        publisher.publish(connection, ALBUM, "first to publish");
                        published.countDown();
                        assertThat(subscription.next(Duration.ofMillis(300))).isEqualTo(new Nothing());
                        connection.commit();
                    }
                } else {
                    published.await();
                    channels.publish(ALBUM, "waits for it");
                }
            });

            assertThat(subscription.next(PATIENCE))
                    .extracting(message -> ((Message) message).payload())
                    .isEqualTo("first to publish");
            assertThat(subscription.next(PATIENCE))
                    .extracting(message -> ((Message) message).payload())
                    .isEqualTo("waits for it");
        }
    }

    @Test
    void the_first_message_of_a_process_needs_no_second_connection_and_a_bad_one_none() throws SQLException {
        var small = databases.attach(PostgresSettings.defaults().withPoolSize(1));
        var one = small.publisher(Retention.defaults());
        try (var connection = small.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> one.publish(connection, ALBUM, "\0")).isInstanceOf(IllegalArgumentException.class);
            one.publish(connection, ALBUM, "1");
            connection.commit();
        }
        assertThat(Databases.query(postgres, "select payload from coatcheck.channel_messages"))
                .containsExactly("1");
    }
}
