package dev.coatcheck.memcached;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * An attached Memcached, which gives out the ports it can serve.
 *
 * <p>All threads share one connection, on which requests travel without waiting for each other. While the server cannot
 * be reached every operation fails at once with {@link BackingServiceException}; one that is under way fails with it when
 * the connection ends or the time-out passes, and whether it took effect is then unknown. Nothing is sent twice. The
 * connection comes back by itself, within a second or so of the server, also from a link that went silent without ending.
 * Ten thousand requests may be under way, of which a cache takes a fifth at the most and waits for its turn otherwise, so that
 * it never stands in the way of a session.
 *
 * <p>Needs Memcached 1.4 or newer, one server that tells its statistics (its clock is read there, so no proxy in
 * between). There is no password and no TLS: let nobody but the application reach it. Thread-safe. Close it last, when
 * nothing uses its port any more.
 *
 * <pre>{@code
 * try (var memcached = Memcached.attach(System.getenv("MEMCACHED_URL"))) {
 *     var sessions = memcached.sessions(SessionSettings.defaults());
 * }
 * }</pre>
 */
public final class Memcached implements AutoCloseable {
    private static final int USUAL_PORT = 11_211;

    private final Connection connection;
    private final MemcachedSettings settings;

    private Memcached(Connection connection, MemcachedSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** {@link #attach(String, MemcachedSettings)} with default settings. */
    public static Memcached attach(String url) {
        return attach(url, MemcachedSettings.defaults());
    }

    /**
     * Connects.
     *
     * @param url {@code memcached://host[:port]}
     * @throws IllegalArgumentException where the URL is none
     * @throws BackingServiceException where the server cannot be reached
     */
    public static Memcached attach(String url, MemcachedSettings settings) {
        var uri = parse(url);
        int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
        return new Memcached(Connection.open(uri.getHost(), port, settings.timeout()), settings);
    }

    /**
     * Sessions, each one item of the server, which is replaced by compare-and-swap. They promise everything but
     * {@code DEVICES} (an index that may be evicted would leave sessions out of "log out everywhere") and {@code KEEPING}.
     *
     * <p>A server takes items of 1 MiB, unless it was told otherwise, and a session that was just rotated is stored with
     * what it held before: {@link SessionSettings#maxBytes()} is best kept under 500 KiB.
     */
    public Sessions sessions(SessionSettings sessionSettings) {
        return new MemcachedSessions(connection, settings.prefix(), sessionSettings);
    }

    /**
     * A cache, each entry one item of the server. It promises neither {@code PUSH}, so there is no near cache, and who waits
     * for another's load looks every now and then; nor {@code ROOM}: a server takes items of 1 MiB, and what is larger is
     * not kept. Times are exact to a second among processes. Close it before this.
     */
    public Cache cache(CacheSettings cacheSettings) {
        return new Cache(cacheStore(), cacheSettings);
    }

    MemcachedCacheStore cacheStore() {
        return new MemcachedCacheStore(connection, settings.prefix());
    }

    /**
     * Asks the server whether it answers, for a readiness check.
     *
     * @throws BackingServiceException where it does not
     */
    public void ping() {
        connection.ask("ping", Request.VERSION);
    }

    /** Detaches; what is under way fails. */
    @Override
    public void close() {
        connection.close();
    }

    static URI parse(@Nullable String url) {
        if (url == null) {
            throw refused("it is null, as where its variable is not set");
        }
        try {
            var uri = new URI(url);
            if ("memcached".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getRawPath().length() <= 1
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Its message quotes the URL, and what is no URL may be a secret in the wrong place.
        }
        throw refused("it does not read as one");
    }

    private static IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException(
                "not the URL of a Memcached: " + reason + "; expected memcached://host[:port]");
    }
}
