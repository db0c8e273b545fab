package dev.coatcheck.postgres;

import dev.coatcheck.state.BackingServiceException;
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
import dev.coatcheck.state.cache.ReadResult.Unavailable;
import dev.coatcheck.state.cache.StoredEntry;
import dev.coatcheck.state.leases.LeaseStore;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A cache in tables that are not written to the log. Every method is one round trip, for several entries too. Who waits, and who keeps things near,
 * is told by the server on one more connection, made when first needed.
 */
final class PostgresCacheStore implements CacheStore, AutoCloseable {
    private static final String DISK_FULL = "53100";

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
    public List<ReadResult> readAll(List<Question> questions) {
        try {
            return questions.size() == 1 ? List.of(readOrTake(questions.get(0))) : readAllOrTake(questions);
        } catch (BackingServiceException e) {
            if (isFull(e)) {
                return readAllKept(questions, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private List<ReadResult> readAllOrTake(List<Question> questions) {
        var first = questions.get(0);
        return ask(
                "read the cache \"" + first.key().cache() + "\"",
                "select * from coatcheck.read_caches_v1(?, ?, ?, ?, ?, ?, ?) order by number",
                read -> {
                    read.setString(1, first.key().cache());
                    setTexts(read, 2, questions, question -> question.key().key());
                    setTags(read, 3, questions);
                    setTexts(read, 4, questions, Question::token);
                    read.setLong(5, Database.micros(first.lease()));
                    read.setDouble(6, first.early());
                    read.setBoolean(7, first.waiting());
                },
                PostgresCacheStore::result);
    }

    /** Without taking rights, for which there is no room. */
    private List<ReadResult> readAllKept(List<Question> questions, String full) {
        var cache = questions.get(0).key().cache();
        return ask(
                "read the cache \"" + cache + "\"",
                """
                select case when e.key is null then null when e.fresh_until > clock_timestamp() then 'fresh' else 'stale' end
                        as state,
                        e.value, (extract(epoch from e.fresh_until - clock_timestamp()) * 1000000)::int8 as left_us, e.load_ms
                    from unnest(?::text[], ?::text[]) with ordinality as asked (key, tags, number)
                    left join coatcheck.cache_entries e
                        on e.cache = ? and e.key = asked.key and e.serve_until > clock_timestamp()
                            and e.versions = coatcheck.cache_versions_v1(?, asked.tags::text[])
                    order by asked.number
                """,
                read -> {
                    setTexts(read, 1, questions, question -> question.key().key());
                    setTags(read, 2, questions);
                    read.setString(3, cache);
                    read.setString(4, cache);
                },
                row -> row.getString("state") == null ? new Unavailable(full, true) : result(row));
    }

    /** Whether the server's disk is. */
    private static boolean isFull(BackingServiceException failure) {
        return failure.getCause() instanceof SQLException cause && DISK_FULL.equals(cause.getSQLState());
    }

    /** Without the work that only several need. */
    private ReadResult readOrTake(Question question) {
        return askAbout(
                "read the cache \"" + question.key().cache() + "\"",
                "select * from coatcheck.read_cache_v1(?, ?, ?, ?, ?, ?, ?)",
                question.key(),
                read -> {
                    read.setArray(3, texts(read, question.tags()));
                    read.setString(4, question.token());
                    read.setLong(5, Database.micros(question.lease()));
                    read.setDouble(6, question.early());
                    read.setBoolean(7, question.waiting());
                },
                PostgresCacheStore::result);
    }

    @Override
    public Set<Load> writeAll(Map<Load, NewEntry> entries) {
        var written = List.copyOf(entries.entrySet());
        var kept = ask(
                "write to the cache \"" + cache(entries.keySet()) + "\"",
                inOrder(
                        "?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[], ?::text[]",
                        "key, token, value, ttl_ms, stale_ms, load_ms, message",
                        """
                        select token from load
                            where coatcheck.write_cache_v1(?, key, token, value, ttl_ms, stale_ms, load_ms, message)
                        """),
                write -> {
                    setTexts(write, 1, written, entry -> entry.getKey().key().key());
                    setTexts(write, 2, written, entry -> entry.getKey().token());
                    setTexts(
                            write, 3, written, entry -> entry.getValue().value().orElse(null));
                    setMillis(write, 4, written, entry -> entry.getValue().ttl());
                    setMillis(write, 5, written, entry -> entry.getValue().stale());
                    setMillis(write, 6, written, entry -> entry.getValue().loadTime());
                    setTexts(
                            write,
                            7,
                            written,
                            entry -> CacheSignals.loaded(entry.getKey().key()));
                    write.setString(8, cache(entries.keySet()));
                },
                row -> row.getString(1));
        return those(entries.keySet(), kept);
    }

    @Override
    public Set<Load> renewAll(Collection<Load> loads, Duration lease) {
        var renewed = ask(
                "renew a load for the cache \"" + cache(loads) + "\"",
                inOrder(
                        "?::text[], ?::text[]",
                        "key, token",
                        "select token from load where coatcheck.renew_cache_load_v1(?, key, token, ?)"),
                renew -> {
                    setTexts(renew, 1, loads, load -> load.key().key());
                    setTexts(renew, 2, loads, Load::token);
                    renew.setString(3, cache(loads));
                    renew.setLong(4, Database.micros(lease));
                },
                row -> row.getString(1));
        return those(loads, renewed);
    }

    @Override
    public void abandonAll(Collection<Load> loads, Duration pause) {
        ask(
                "give up a load for the cache \"" + cache(loads) + "\"",
                inOrder(
                        "?::text[], ?::text[], ?::text[]",
                        "key, token, message",
                        "select coatcheck.abandon_cache_load_v1(?, key, token, ?, message) from load"),
                abandon -> {
                    setTexts(abandon, 1, loads, load -> load.key().key());
                    setTexts(abandon, 2, loads, Load::token);
                    setTexts(abandon, 3, loads, load -> CacheSignals.loaded(load.key()));
                    abandon.setString(4, cache(loads));
                    abandon.setLong(5, Database.micros(pause));
                },
                row -> true);
    }

    /**
     * A statement on a table of loads, made of arrays, that goes through it in the order in which everybody takes rights to
     * load: nobody waits in a circle. The server would otherwise be free to sort last.
     */
    private static String inOrder(String arrays, String columns, String statement) {
        return "with load as materialized (select * from unnest(%s) as load (%s) order by key collate \"C\") %s"
                .formatted(arrays, columns, statement);
    }

    private static Set<Load> those(Collection<Load> loads, List<String> tokens) {
        var wanted = Set.copyOf(tokens);
        return loads.stream().filter(load -> wanted.contains(load.token())).collect(Collectors.toSet());
    }

    private static String cache(Collection<Load> loads) {
        return loads.iterator().next().key().cache();
    }

    @Override
    public void invalidate(EntryKey key) {
        askAbout(
                "invalidate an entry of the cache \"" + key.cache() + "\"",
                "select coatcheck.invalidate_cache_v1(?, ?, ?)",
                key,
                invalidate -> invalidate.setString(3, CacheSignals.changed(key)),
                row -> true);
    }

    @Override
    public void invalidateTag(String cache, String tag) {
        askAbout(
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

    /** Asks about a key, which is the first two arguments; the answer is one row. */
    private <T> T askAbout(String attempt, String sql, EntryKey key, Arguments rest, Rows.Reader<T> reader) {
        Arguments all = statement -> {
            statement.setString(1, key.cache());
            statement.setString(2, key.key());
            rest.set(statement);
        };
        return ask(attempt, sql, all, reader).get(0);
    }

    private <T> List<T> ask(String attempt, String sql, Arguments arguments, Rows.Reader<T> reader) {
        return database.ask(attempt, connection -> {
            try (var statement = connection.prepareStatement(sql)) {
                arguments.set(statement);
                return Rows.all(statement, reader);
            }
        });
    }

    private static <T> void setTexts(
            PreparedStatement statement, int index, Collection<T> items, Function<T, @Nullable String> text)
            throws SQLException {
        statement.setArray(index, texts(statement, items.stream().map(text).toList()));
    }

    /** Of each question in one text, since arrays of arrays have to be of one length. */
    private static void setTags(PreparedStatement statement, int index, List<Question> questions) throws SQLException {
        var tags = new ArrayList<String>();
        for (var question : questions) {
            tags.add(texts(statement, question.tags()).toString());
        }
        statement.setArray(index, texts(statement, tags));
    }

    private static <T> void setMillis(
            PreparedStatement statement, int index, Collection<T> items, Function<T, Duration> time)
            throws SQLException {
        var millis = items.stream().map(item -> time.apply(item).toMillis()).toArray();
        statement.setArray(index, statement.getConnection().createArrayOf("int8", millis));
    }

    private static Array texts(PreparedStatement statement, List<? extends @Nullable String> texts)
            throws SQLException {
        return statement.getConnection().createArrayOf("text", texts.toArray());
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
