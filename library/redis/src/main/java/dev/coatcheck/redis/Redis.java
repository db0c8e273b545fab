package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.limits.StoredLimits;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * An attached Redis or Valkey, which gives out the ports it can serve.
 *
 * <p>All ports share one connection, on which commands of many threads travel without waiting for each other. While the
 * server cannot be reached every operation fails at once with {@link BackingServiceException}; one that is under way
 * fails with it when the connection ends or the time-out passes, and whether it took effect is then unknown. Nothing is
 * queued and nothing is sent twice. The connection comes back by itself, within a second or so of the server, also from a
 * link that went silent without ending. Ten thousand commands may be under way, of which a cache takes a fifth at the most and
 * waits for its turn otherwise, so that it never stands in the way of a session.
 *
 * <p>In a cluster a session, a lease and a remembered request are each in one slot, and so on one node; the index of a
 * session's user is in another. Limits that are asked together are one command for each slot. The clocks of the nodes have to agree within half a minute. While a node is away,
 * what lies on it fails, and nothing else. With sentinels the connection follows the master; what a fail-over costs is what
 * had not reached the replica.
 *
 * <p>Needs Redis 6.2 or Valkey 7.2, and the right to run scripts. Thread-safe. Close it last, when nothing uses its ports
 * any more.
 *
 * <pre>{@code
 * try (var redis = Redis.attach(System.getenv("REDIS_URL"))) {
 *     var sessions = redis.sessions(SessionSettings.defaults());
 *     var limits = redis.limits(new OnOutage.Closed());
 * }
 * }</pre>
 */
public final class Redis implements AutoCloseable {
    private final Connection connection;
    private final RedisSettings settings;
    private final RedisLeaseStore leaseStore;
    private final RedisCacheStore cacheStore;
    private final RedisFlagStore flagStore;
    private final RedisJobs jobs;
    private final List<RedisChannelStore> channelStores = new CopyOnWriteArrayList<>();

    private Redis(Connection connection, RedisSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.leaseStore = new RedisLeaseStore(connection, settings.prefix());
        this.cacheStore = new RedisCacheStore(connection, settings.prefix());
        this.flagStore = new RedisFlagStore(connection, settings.prefix());
        this.jobs = new RedisJobs(connection, settings);
    }

    /** {@link #attach(String, RedisSettings)} with default settings. */
    public static Redis attach(String url) {
        return attach(url, RedisSettings.defaults());
    }

    /**
     * Connects.
     *
     * @param url {@code redis://[[user]:password@]host[:port][/database]}, or {@code redis-sentinel:} or
     *     {@code redis-cluster:} with several hosts and commas in between, the former with the name of the master at the end:
     *     {@code redis-sentinel://a,b,c/0#main}. {@code rediss} in place of {@code redis} is TLS, whose certificate must
     *     be for the host and from an authority that this JVM trusts; {@code valkey} is {@code redis}
     * @throws IllegalArgumentException where the URL is none; the message does not show it, since it may hold a password
     * @throws BackingServiceException where the server cannot be reached or refuses
     */
    public static Redis attach(String url, RedisSettings settings) {
        return attach(RedisUrl.parse(url), settings);
    }

    /** {@link #attach(Supplier, RedisSettings)} with default settings. */
    public static Redis attach(Supplier<String> url) {
        return attach(url, RedisSettings.defaults());
    }

    /**
     * Connects to what has credentials that rotate. The URL is asked for before each log-in, whose user and password it says;
     * a connection that there is keeps the login that it was made with, as the server does. One that the server ends comes back
     * with what the URL is by then. A URL that cannot be had, is none, or leads elsewhere, changes nothing and is logged.
     *
     * <pre>{@code
     * var redis = Redis.attach(config.redisUrl()::revealLatest, RedisSettings.defaults());
     * }</pre>
     *
     * @param url as for {@link #attach(String, RedisSettings)}; asked on a thread of its own. What takes longer than half of the
     *     time-out serves the next log-in, and this one is made with what is known
     */
    public static Redis attach(Supplier<String> url, RedisSettings settings) {
        return attach(CurrentLogin.following(url, settings.timeout().dividedBy(2)), settings);
    }

    private static Redis attach(RedisUrl url, RedisSettings settings) {
        return new Redis(Connection.open(url, settings.timeout()), settings);
    }

    /**
     * Sessions. Several with different settings may be used side by side; they share what is stored. A server that evicts
     * logs visitors out, with {@code volatile-*} as well, since a session has an end: give it {@code noeviction}. Once full
     * it refuses what is new, and still finds and ends sessions.
     */
    public Sessions sessions(SessionSettings sessionSettings) {
        return new RedisSessions(connection, settings.prefix(), sessionSettings);
    }

    /** Limits. Use one for each policy; each remembers by itself what is known to be blocked. */
    public Limits limits(OnOutage onOutage) {
        return new StoredLimits(new RedisLimitStore(connection, settings.prefix()), onOutage);
    }

    /**
     * Leases. They exclude for as long as this server keeps what it was told: what a fail-over to a replica, or a restart
     * without persistence, loses is granted anew, under a greater token. While somebody waits for a lease, one more
     * connection listens. Close them before this, so that they are given back at once.
     */
    public Leases leases(LeaseSettings leaseSettings) {
        return new Leases(leaseStore, leaseSettings);
    }

    /** Idempotency. What this server loses, such as the last second before a crash, it does not remember to have been done. */
    public Idempotency idempotency(IdempotencySettings idempotencySettings) {
        return new RedisIdempotency(connection, settings.prefix(), idempotencySettings);
    }

    /**
     * A cache. The server needs no persistence for it; what it evicts is loaded again. While somebody waits for another's
     * load, or has a near cache, one more connection listens. In a cluster, reading with tags is one round trip more, and
     * with more than 1,000 different tags in one call one for each 1,000: up to 8 more. Close it before this.
     */
    public Cache cache(CacheSettings cacheSettings) {
        return new Cache(cacheStore, cacheSettings);
    }

    /**
     * Flags, in one hash that never ends: a server that evicts must not evict that one ({@code volatile-*} does not). They
     * are heard of on one more connection. Close them before this.
     */
    public Flags flags(FlagSettings flagSettings) {
        return new Flags(flagStore, flagSettings);
    }

    /**
     * Channels. A message travels only to processes in which somebody listens to its topic, and each process has one more
     * connection for that. What this server loses, such as the last second before a crash, is {@linkplain
     * dev.coatcheck.state.channels.Delivery.Missed missed}, and whoever listens is told so. A server that evicts may drop
     * histories, which is told too: give it {@code noeviction}. Asking who is present is two round trips. Close them before
     * this; those that are made with several calls know nothing of each other.
     */
    public Channels channels(ChannelSettings channelSettings) {
        return new Channels(channelStore(), channelSettings);
    }

    /**
     * Jobs. They are kept as long as this server keeps what it was told: without persistence a restart loses them, a crash
     * the last second of them with {@code appendfsync everysec}, and a fail-over what the replica had not been told. Of what was
     * lost so, a new job is gone, one that was done runs again, and one that was claimed is claimed again under a greater fence,
     * so that only the later claim can complete it. Give it {@code noeviction}; once full it enqueues nothing and still lets
     * jobs be claimed and completed. In a cluster the jobs of all queues are in one slot, and so on one node: who needs more
     * than one node attaches it under several {@linkplain RedisSettings#prefix() prefixes}. A job that is to be delayed, or
     * held, by more than 100 years is so by 100 years. While somebody works, one more connection listens.
     */
    public RedisJobs jobs() {
        return jobs;
    }

    ChannelStore channelStore() {
        var store = new RedisChannelStore(connection, settings.prefix());
        channelStores.add(store);
        return store;
    }

    RedisFlagStore flagStore() {
        return flagStore;
    }

    RedisLeaseStore leaseStore() {
        return leaseStore;
    }

    RedisCacheStore cacheStore() {
        return cacheStore;
    }

    /**
     * Asks the server whether it answers, for a readiness check.
     *
     * @throws BackingServiceException where it does not
     */
    public void ping() {
        connection.await("ping", connection.send(commands -> commands.ping()));
    }

    /** Detaches, within some seconds; what is under way fails. */
    @Override
    public void close() {
        leaseStore.close();
        cacheStore.close();
        flagStore.close();
        jobs.close();
        channelStores.forEach(RedisChannelStore::close);
        connection.close();
    }
}
