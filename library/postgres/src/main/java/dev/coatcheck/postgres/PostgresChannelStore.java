package dev.coatcheck.postgres;

import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.History;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Topic;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Channels in tables. Every method is one round trip. The server tells every process that follows anything in which topic
 * something was published, on one more connection; who follows that topic reads it.
 */
final class PostgresChannelStore implements ChannelStore {
    private final Database database;
    private final Listener listener;
    /** By their texts: what is said of others is of no concern here, be it of a kind that only later releases know. */
    private final Map<String, Topic> followed = new ConcurrentHashMap<>();

    private volatile @Nullable Hearer hearer;

    /** @param driver makes connections, outside the pool */
    PostgresChannelStore(Database database, DataSource driver) {
        this.database = database;
        this.listener = new Listener(driver, database.resource(), List.of("coatcheck_channels"), new Listener.Heard() {
            @Override
            public void heard(List<String> topics) {
                Set.copyOf(topics).forEach(PostgresChannelStore.this::published);
            }

            @Override
            public void mayHaveMissed() {
                var listening = hearer;
                if (listening != null) {
                    followed.values().forEach(listening::mayHaveMissed);
                }
            }
        });
    }

    private void published(String text) {
        var listening = hearer;
        var topic = followed.get(text);
        if (listening != null && topic != null) {
            listening.published(topic);
        }
    }

    @Override
    public Position publish(Topic topic, String payload, Retention retention) {
        return database.ask("publish to a topic", connection -> publish(connection, topic, payload, retention));
    }

    /** Publishes on a connection of the caller's. */
    static Position publish(Connection connection, Topic topic, String payload, Retention retention)
            throws SQLException {
        try (var publish = connection.prepareStatement("select * from coatcheck.publish_v1(?, ?, ?, ?, ?)")) {
            publish.setString(1, topic.text());
            publish.setString(2, payload);
            publish.setInt(3, retention.messages());
            publish.setLong(4, Database.micros(retention.age()));
            publish.setInt(5, retention.bytes());
            return Rows.only(publish, PostgresChannelStore::position);
        }
    }

    @Override
    public Position begin(Topic topic) {
        return heads(List.of(topic)).get(0);
    }

    @Override
    public List<Position> heads(List<Topic> topics) {
        if (topics.isEmpty()) {
            return List.of();
        }
        return database.ask("ask where " + topics.size() + " topics end", connection -> {
            try (var heads = connection.prepareStatement("select * from coatcheck.topic_heads_v1(?)")) {
                heads.setArray(1, texts(connection, topics, Topic::text));
                return Rows.all(heads, PostgresChannelStore::position);
            }
        });
    }

    @Override
    public History read(Topic topic, Position after, Page page) {
        return database.ask("read a topic", connection -> {
            try (var read = connection.prepareStatement("select * from coatcheck.read_topic_v2(?, ?, ?, ?, ?)")) {
                read.setString(1, topic.text());
                read.setString(2, after.epoch());
                read.setLong(3, after.offset());
                read.setInt(4, page.messages());
                read.setInt(5, page.bytes());
                return history(read.executeQuery());
            }
        });
    }

    private static History history(ResultSet rows) throws SQLException {
        var messages = new ArrayList<StoredMessage>();
        while (rows.next()) {
            var payload = rows.getString("payload");
            if (payload == null) {
                return new Gone(position(rows));
            }
            messages.add(new StoredMessage(position(rows), rows.getLong("previous"), payload));
        }
        return new Kept(messages);
    }

    private static Position position(ResultSet row) throws SQLException {
        return new Position(row.getString("epoch"), row.getLong("number"));
    }

    @Override
    public void listen(Hearer hearer) {
        this.hearer = hearer;
    }

    @Override
    public void follow(Topic topic) {
        followed.put(topic.text(), topic);
        listener.start();
    }

    @Override
    public void unfollow(Topic topic) {
        followed.remove(topic.text());
    }

    /** The listener mends itself. */
    @Override
    public void check() {}

    @Override
    public void enter(String process, Duration lease) {
        database.ask("say that a process is present", connection -> {
            try (var enter = connection.prepareStatement("select coatcheck.enter_process_v1(?, ?)")) {
                enter.setString(1, process);
                enter.setLong(2, Database.micros(lease));
                return enter.execute();
            }
        });
    }

    @Override
    public boolean renew(String process, Duration lease) {
        return database.ask("renew the presence of a process", connection -> {
            try (var renew = connection.prepareStatement("select coatcheck.renew_process_v1(?, ?)")) {
                renew.setString(1, process);
                renew.setLong(2, Database.micros(lease));
                return Rows.only(renew, row -> row.getBoolean(1));
            }
        });
    }

    @Override
    public void announce(String process, Collection<Presence> arrived, Collection<Presence> left) {
        database.ask("say who is present", connection -> {
            try (var announce = connection.prepareStatement("select coatcheck.announce_v1(?, ?, ?, ?, ?)")) {
                announce.setString(1, process);
                announce.setArray(
                        2,
                        texts(connection, arrived, presence -> presence.topic().text()));
                announce.setArray(3, texts(connection, arrived, Presence::user));
                announce.setArray(
                        4, texts(connection, left, presence -> presence.topic().text()));
                announce.setArray(5, texts(connection, left, Presence::user));
                return announce.execute();
            }
        });
    }

    private static <T> Array texts(Connection connection, Collection<T> items, Function<T, String> text)
            throws SQLException {
        return connection.createArrayOf("text", items.stream().map(text).toArray());
    }

    @Override
    public void exit(String process) {
        database.ask("say that a process is not present any more", connection -> {
            try (var exit = connection.prepareStatement("delete from coatcheck.channel_processes where process = ?")) {
                exit.setString(1, process);
                return exit.executeUpdate();
            }
        });
    }

    @Override
    public Set<String> present(Topic topic) {
        return database.ask("ask who is present", connection -> {
            try (var present = connection.prepareStatement("select distinct h.name from coatcheck.channel_present h"
                    + " join coatcheck.channel_processes p on p.process = h.process and p.ends_at > clock_timestamp()"
                    + " where h.topic = ?")) {
                present.setString(1, topic.text());
                return Set.copyOf(Rows.all(present, row -> row.getString(1)));
            }
        });
    }

    /** Stops listening. */
    @Override
    public void close() {
        hearer = null;
        listener.close();
    }
}
