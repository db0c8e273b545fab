package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import io.lettuce.core.RedisURI;

/**
 * An attached Redis or Valkey, which gives out the ports it can serve.
 *
 * <p>All ports share one connection, on which commands of many threads travel without waiting for each other. While the
 * server cannot be reached every operation fails at once with {@link BackingServiceException}; one that is under way
 * fails with it when the connection ends or the time-out passes, and whether it took effect is then unknown. Nothing is
 * queued and nothing is sent twice. The connection comes back by itself, within a second or so of the server, also from a
 * link that went silent without ending.
 *
 * <p>Needs Redis 6.2 or Valkey 7.2, one server (with its replicas behind one address), and the right to run scripts.
 * Thread-safe. Close it last, when nothing uses its ports any more.
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

    private Redis(Connection connection, RedisSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.leaseStore = new RedisLeaseStore(connection, settings.prefix());
    }

    /** {@link #attach(String, RedisSettings)} with default settings. */
    public static Redis attach(String url) {
        return attach(url, RedisSettings.defaults());
    }

    /**
     * Connects.
     *
     * @param url {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss:} for TLS
     * @throws IllegalArgumentException where the URL is none; the message does not show it, since it may hold a password
     * @throws BackingServiceException where the server cannot be reached or refuses
     */
    public static Redis attach(String url, RedisSettings settings) {
        return new Redis(Connection.open(parse(url), settings.timeout()), settings);
    }

    /** Sessions. Several with different settings may be used side by side; they share what is stored. */
    public Sessions sessions(SessionSettings sessionSettings) {
        return new RedisSessions(connection, settings.prefix(), sessionSettings);
    }

    /** Limits. Use one for each policy; each remembers by itself what is known to be blocked. */
    public Limits limits(OnOutage onOutage) {
        return new RedisLimits(connection, settings.prefix(), onOutage);
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

    RedisLeaseStore leaseStore() {
        return leaseStore;
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
        connection.close();
    }

    private static RedisURI parse(String url) {
        try {
            var uri = RedisURI.create(url);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (RuntimeException e) {
            // Its message may quote the URL, and with it the password.
        }
        throw new IllegalArgumentException(
                "not the URL of a Redis; expected redis://[[user]:password@]host[:port][/database]"
                        + " (special characters in a password are percent-encoded), or rediss: for TLS");
    }
}
