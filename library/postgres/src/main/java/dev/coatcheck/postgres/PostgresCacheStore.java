package dev.coatcheck.postgres;

import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheSignals;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Heard;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.NewEntry;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Due;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import dev.coatcheck.state.cache.ReadResult.Stale;
import dev.coatcheck.state.cache.StoredEntry;
import dev.coatcheck.state.leases.LeaseStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A cache in tables that are not written to the log. Every method is one round trip. Who waits, and who keeps things near,
 * is told by the server on one more connection, made when first needed.
 */
final class PostgresCacheStore implements CacheStore, AutoCloseable {
    private final Database database;
    private final CacheSignals signals = new CacheSignals();
    private final String ownChannel =
            "coatcheck_cache_" + UUID.randomUUID().toString().replace("-", "");
    private final Listener listener;

    /** @param driver makes connections, outside the pool */
    PostgresCacheStore(Database database, DataSource driver) {
        this.database = database;
        var channels = List.of("coatcheck_cache", ownChannel);
        this.listener = new Listener(driver, database.resource(), channels, new Listener.Heard() {
            @Override
            public void heard(List<String> messages) {
                messages.forEach(signals::heard);
            }

            @Override
            public void mayHaveMissed() {
                signals.gap();
            }
        });
    }

    @Override
    public Set<CacheCapability> capabilities() {
        return EnumSet.allOf(CacheCapability.class);
    }

    @Override
    public ReadResult read(Question question) {
        return ask(
                "read the cache \"" + question.key().cache() + "\"",
                "select * from coatcheck.read_cache_v1(?, ?, ?, ?, ?, ?, ?)",
                question.key(),
                read -> {
                    read.setArray(
                            3,
                            read.getConnection()
                                    .createArrayOf("text", question.tags().toArray()));
                    read.setString(4, question.token());
                    read.setLong(5, Database.micros(question.lease()));
                    read.setDouble(6, question.early());
                    read.setBoolean(7, question.waiting());
                },
                PostgresCacheStore::result);
    }

    @Override
    public boolean write(Load load, NewEntry entry) {
        return ask(
                "write to the cache \"" + load.key().cache() + "\"",
                "select coatcheck.write_cache_v1(?, ?, ?, ?, ?, ?, ?, ?)",
                load.key(),
                write -> {
                    write.setString(3, load.token());
                    write.setString(4, entry.value().orElse(null));
                    write.setLong(5, entry.ttl().toMillis());
                    write.setLong(6, entry.stale().toMillis());
                    write.setLong(7, entry.loadTime().toMillis());
                    write.setString(8, CacheSignals.loaded(load.key()));
                },
                row -> row.getBoolean(1));
    }

    @Override
    public boolean renew(Load load, Duration lease) {
        return ask(
                "renew a load for the cache \"" + load.key().cache() + "\"",
                "select coatcheck.renew_cache_load_v1(?, ?, ?, ?)",
                load.key(),
                renew -> {
                    renew.setString(3, load.token());
                    renew.setLong(4, Database.micros(lease));
                },
                row -> row.getBoolean(1));
    }

    @Override
    public void abandon(Load load, Duration pause) {
        ask(
                "give up a load for the cache \"" + load.key().cache() + "\"",
                "select coatcheck.abandon_cache_load_v1(?, ?, ?, ?, ?)",
                load.key(),
                abandon -> {
                    abandon.setString(3, load.token());
                    abandon.setLong(4, Database.micros(pause));
                    abandon.setString(5, CacheSignals.loaded(load.key()));
                },
                row -> true);
    }

    @Override
    public void invalidate(EntryKey key) {
        ask(
                "invalidate an entry of the cache \"" + key.cache() + "\"",
                "select coatcheck.invalidate_cache_v1(?, ?, ?)",
                key,
                invalidate -> invalidate.setString(3, CacheSignals.changed(key)),
                row -> true);
    }

    @Override
    public void invalidateTag(String cache, String tag) {
        ask(
                "invalidate a tag of the cache \"" + cache + "\"",
                "select coatcheck.invalidate_cache_tag_v1(?, ?, ?)",
                new EntryKey(cache, tag),
                invalidate -> invalidate.setString(3, CacheSignals.tagChanged(cache, tag)),
                row -> true);
    }

    @Override
    public LeaseStore.Waiting await(EntryKey key) {
        var seat = signals.await(key);
        listener.start();
        return seat;
    }

    @Override
    public Runnable listen(Heard heard) {
        var end = signals.add(heard);
        listener.start();
        return end;
    }

    @Override
    public void beat(String beat) {
        database.ask("send a beat", connection -> {
            try (var notify = connection.prepareStatement("select pg_notify(?, ?)")) {
                notify.setString(1, ownChannel);
                notify.setString(2, CacheSignals.beat(beat));
                return notify.execute();
            }
        });
    }

    /** Stops listening. */
    @Override
    public void close() {
        listener.close();
    }

    @FunctionalInterface
    private interface Arguments {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** Asks about a key, which is the first two arguments. */
    private <T> T ask(String attempt, String sql, EntryKey key, Arguments rest, Rows.Reader<T> reader) {
        return database.ask(attempt, connection -> {
            try (var statement = connection.prepareStatement(sql)) {
                statement.setString(1, key.cache());
                statement.setString(2, key.key());
                rest.set(statement);
                return Rows.only(statement, reader);
            }
        });
    }

    private static ReadResult result(ResultSet row) throws SQLException {
        var state = row.getString("state");
        return switch (state) {
            case "fresh" -> new Fresh(entry(row));
            case "stale" -> new Stale(entry(row));
            case "due" -> new Due(entry(row));
            case "missing" -> new Missing();
            case "busy" ->
                new Busy(row.getString("token"), Duration.ofNanos(1_000 * Math.max(0, row.getLong("left_us"))));
            default -> throw new SQLException("the server answered with the state " + state);
        };
    }

    private static StoredEntry entry(ResultSet row) throws SQLException {
        return new StoredEntry(
                Rows.text(row, "value"),
                Duration.ofNanos(1_000 * row.getLong("left_us")),
                Duration.ofMillis(row.getLong("load_ms")));
    }
}
