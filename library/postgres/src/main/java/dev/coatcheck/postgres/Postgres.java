package dev.coatcheck.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.limits.StoredLimits;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * An attached PostgreSQL database, and the ports that it serves. What it holds is as durable as
 * its commit.
 *
 * <p>The tables live in the schema {@code coatcheck}. They are made when they are first needed, by whichever process is
 * first, or by {@link #migrate()} in a release step. The database's owner may do that; nothing needs a superuser. It is
 * always to be done by the same role, or by one that may {@code set role} to it, and then does so meanwhile: a later release
 * may replace a function that an earlier one made, which only its owner may, and any other role is refused with the names of
 * both. A process that connects as another role
 * needs usage of the schema, and the right to use its tables and functions, and finds the schema migrated. Two releases of an
 * application can share the database. PostgreSQL 15 to 18.
 *
 * <p>Where a method says one round trip, a connection that was idle for more than half a second costs one more: it is
 * asked first whether it still lives.
 *
 * <p>Nothing here waits without a limit: a server that is dead, hangs, or cannot be reached is a
 * {@link BackingServiceException} after the time-outs of {@link PostgresSettings}, and everything goes on by itself when
 * the server is back. On a disk that is full what is there is still read and removed, what needs room is refused, and a
 * cache loads. A pooler in between must pool sessions, not transactions, for the sake of {@code LISTEN}.
 *
 * <p>Thread-safe. {@link #close()} ends the connections and the threads: {@code coatcheck-postgres-sweep}, which clears
 * away what has expired, and {@code coatcheck-postgres-listen}, while somebody waits for jobs
 * or, on others, for a lease or a cached value, or has a near cache, flags or channels.
 *
 * <pre>{@code
 * try (var postgres = Postgres.attach(System.getenv("DATABASE_URL"))) {
 *     var photos = postgres.blobs();
 *     var jobs = postgres.jobs();
 *     serve(photos, jobs);
 * }
 * }</pre>
 */
public final class Postgres implements AutoCloseable {
    private final PostgresUrl url;
    private final DataSource driver;
    private final HikariDataSource pool;
    private final Database database;
    private final Sweeper sweeper;
    private final PostgresJobs jobs;
    private final PostgresOutbox outbox;
    private final PostgresLeaseStore leaseStore;
    private final PostgresCacheStore cacheStore;
    private final PostgresFlagStore flagStore;
    private final List<PostgresChannelStore> channelStores = new CopyOnWriteArrayList<>();

    private Postgres(CurrentLogin login, PostgresSettings settings) {
        this.url = login.last();
        var single = Connections.driver(login, settings);
        this.driver = single;
        this.pool = Connections.pool(single, settings);
        this.database = new Database(pool, url.resource());
        this.sweeper = new Sweeper(database, settings.deadJobsKept());
        var signals = new JobSignals();
        var jobListener = new Listener(driver, url.resource(), List.of("coatcheck_jobs"), PostgresJobs.heard(signals));
        this.jobs = new PostgresJobs(database, jobListener, signals);
        var outboxSignals = new JobSignals();
        var outboxListener = new Listener(
                driver, url.resource(), List.of(PostgresOutbox.CHANNEL), PostgresJobs.heard(outboxSignals));
        this.outbox = new PostgresOutbox(database, outboxListener, outboxSignals);
        this.leaseStore = new PostgresLeaseStore(database, driver);
        this.cacheStore = new PostgresCacheStore(database, driver);
        this.flagStore = new PostgresFlagStore(database, driver);
    }

    /** Attaches with default settings: see {@link #attach(String, PostgresSettings)}. */
    public static Postgres attach(String url) {
        return attach(url, PostgresSettings.defaults());
    }

    /**
     * Attaches a database. Does not connect yet, so it may come up later than this process.
     *
     * @param url {@code postgresql://user:password@host:port/name?parameters}: percent-encoded; the TCP port is 5432 by
     *     default; an IPv6 address stands in brackets; several {@code host:port} are separated by commas. Parameters
     *     are those of libpq ({@code sslmode}, {@code sslrootcert}, {@code target_session_attrs}, …) or of the JDBC
     *     driver. {@code postgres://} and {@code jdbc:postgresql://} mean the same
     * @throws IllegalArgumentException where it is no such URL, with the reason, and without any secret
     */
    public static Postgres attach(String url, PostgresSettings settings) {
        return attach(() -> url, settings);
    }

    /** Attaches with default settings: see {@link #attach(Supplier, PostgresSettings)}. */
    public static Postgres attach(Supplier<String> url) {
        return attach(url, PostgresSettings.defaults());
    }

    /**
     * Attaches a database whose credentials rotate. The URL is asked for before each new connection, whose user and password it
     * says; a connection that there is keeps the login that it was made with, as the server does, for half an hour at the most
     * in the pool. A login that the server refuses is tried again within a quarter of a second of the URL's saying another; only
     * when that has taken minutes may there be a pause of some seconds before. A URL that cannot be had, is none, or leads elsewhere, changes nothing and is logged.
     *
     * <pre>{@code
     * var postgres = Postgres.attach(config.databaseUrl()::revealLatest, PostgresSettings.defaults());
     * }</pre>
     *
     * @param url as for {@link #attach(String, PostgresSettings)}; asked by several threads, and well within the connect
     *     time-out
     * @throws IllegalArgumentException where it is no such URL at first, with the reason, and without any secret
     */
    public static Postgres attach(Supplier<String> url, PostgresSettings settings) {
        return new Postgres(new CurrentLogin(url), settings);
    }

    /** Sessions, each a row. Every method is one round trip. */
    public Sessions sessions(SessionSettings settings) {
        sweeper.start();
        return new PostgresSessions(database, settings);
    }

    /**
     * Blobs, in chunks of a mebibyte. Storing is one round trip for each, and one (with
     * {@link dev.coatcheck.state.blobs.PutOptions#onlyIfAbsent()} two); reading is one for each, the first included; no
     * transaction stays open while a slow stream is read or written. A blob that was replaced or deleted can be read to
     * its end for an hour by who has opened it.
     */
    public Blobs blobs() {
        sweeper.start();
        return new PostgresBlobs(database);
    }

    /**
     * Uploads, each a row, whose bytes are chunks of a mebibyte beside those of blobs, and become one's when they are
     * finished: nothing is copied. What {@link dev.coatcheck.state.uploads.Uploads} calls a round trip is one here. No
     * transaction stays open while a slow client sends.
     */
    public Uploads uploads(UploadSettings settings) {
        sweeper.start();
        return new Uploads(uploadStore(), settings);
    }

    UploadStore uploadStore() {
        return new PostgresUploadStore(database);
    }

    /** Jobs, and what only a database can do with them: enqueue and complete in the caller's transaction. */
    public PostgresJobs jobs() {
        sweeper.start();
        return jobs;
    }

    /** Where jobs that are to wait in another store, such as Redis, are enqueued in the caller's transaction. */
    public PostgresOutbox outbox() {
        return outbox;
    }

    /**
     * Leases, each a row. A lease survives what the database survives. Close them before this, so that they are given
     * back at once.
     */
    public Leases leases(LeaseSettings settings) {
        sweeper.start();
        return new Leases(leaseStore, settings);
    }

    /**
     * Limits. Use one for each policy; each remembers by itself what is known to be blocked. A server that crashes forgets
     * what was spent in its last fraction of a second: see {@code docs/limits.md}.
     */
    public Limits limits(OnOutage onOutage) {
        sweeper.start();
        return new StoredLimits(new PostgresLimitStore(database), onOutage);
    }

    /** Idempotency, and what only a database can do for it: the response is recorded in the caller's transaction. */
    public PostgresIdempotency idempotency(IdempotencySettings settings) {
        sweeper.start();
        return new PostgresIdempotency(database, settings);
    }

    /**
     * A cache, each entry a row of a table that is not written to the log: it costs the database less, and begins empty after
     * a crash or a fail-over. Close it before this.
     */
    public Cache cache(CacheSettings settings) {
        sweeper.start();
        return new Cache(cacheStore, settings);
    }

    PostgresCacheStore cacheStore() {
        return cacheStore;
    }

    /** Flags, each a row. They are heard of on one more connection. Close them before this. */
    public Flags flags(FlagSettings settings) {
        return new Flags(flagStore, settings);
    }

    /**
     * Channels, each message a row. Every process that listens to anything is told of every message that is published, on one
     * more connection, and reads those of the topics that it follows, several at once where they come fast. Publishing
     * takes a lock of the server's, once, at the end of the transaction, which limits all of them together to some thousand
     * in a second. Close them before this; those that are made with several calls know nothing of each other.
     */
    public Channels channels(ChannelSettings settings) {
        sweeper.start();
        return new Channels(channelStore(), settings);
    }

    /** What only a database can do for channels: a message is published in the caller's transaction. */
    public PostgresPublisher publisher(Retention retention) {
        sweeper.start();
        return new PostgresPublisher(database, retention);
    }

    ChannelStore channelStore() {
        var store = new PostgresChannelStore(database, driver);
        channelStores.add(store);
        return store;
    }

    PostgresFlagStore flagStore() {
        return flagStore;
    }

    PostgresLeaseStore leaseStore() {
        return leaseStore;
    }

    /**
     * Makes or brings up to date the tables of all ports, as the role that made them, or one that may {@code set role} to it.
     * Harmless where that was done, and while other processes do it.
     *
     * @throws BackingServiceException where the database cannot be reached, the role may not create, or something to be
     *     replaced belongs to another role; then the message names both, and what it was
     * @throws IllegalStateException where the tables are of a release that this one is too old for, or the database is
     *     not encoded in UTF-8
     */
    public void migrate() {
        database.migrate();
    }

    /**
     * Asks the server for an answer: one round trip.
     *
     * @throws BackingServiceException where there is none in time
     */
    public void ping() {
        database.askAsItIs("ping", connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute("select 1");
            }
        });
    }

    /** The pool, for the application's own tables and transactions. Closed with this. */
    public DataSource dataSource() {
        return pool;
    }

    /** Ends the threads and the connections; statements under way are cut. */
    @Override
    public void close() {
        jobs.close();
        outbox.close();
        leaseStore.close();
        cacheStore.close();
        flagStore.close();
        channelStores.forEach(PostgresChannelStore::close);
        sweeper.close();
        pool.close();
    }

    /** The resource, without credentials. */
    @Override
    public String toString() {
        return url.resource();
    }
}
