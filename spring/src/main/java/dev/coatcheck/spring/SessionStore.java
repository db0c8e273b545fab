package dev.coatcheck.spring;

import dev.coatcheck.memcached.Memcached;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attached backing service that keeps the sessions.
 *
 * @param sessions of these settings, kept there
 * @param detach ends the connections
 */
record SessionStore(Function<SessionSettings, Sessions> sessions, Runnable detach) implements AutoCloseable {
    private static final String POSTGRES = "coatcheck-postgres";
    private static final String MEMCACHED = "coatcheck-memcached";
    private static final String REDIS = "coatcheck-redis";

    /** What Spring leaves as it was written, since nothing has that name. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[\\w.-]+}");

    /**
     * Attaches what the URL names, as its adapter does.
     *
     * @throws SessionsUrlException where it names nothing that can be attached; its message does not show the URL
     * @throws dev.coatcheck.state.BackingServiceException where a Redis or Memcached cannot be reached
     */
    static SessionStore attach(@Nullable String url) {
        if (url == null || url.isBlank()) {
            throw new SessionsUrlException("coatcheck.sessions.url is not set, so sessions would stay in this process");
        }
        var unset = PLACEHOLDER.matcher(url);
        if (unset.find()) {
            throw new SessionsUrlException("coatcheck.sessions.url holds " + unset.group()
                    + ", and there is neither a variable nor a property of that name");
        }
        String scheme = url.replaceFirst("(?s):.*", "").toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "postgres", "postgresql" -> with(POSTGRES, () -> OnPostgres.attach(url));
            case "memcached" -> with(MEMCACHED, () -> OnMemcached.attach(url));
            default -> {
                if (scheme.startsWith("redis") || scheme.startsWith("valkey")) {
                    yield with(REDIS, () -> OnRedis.attach(url));
                }
                throw new SessionsUrlException(
                        "coatcheck.sessions.url begins with none of redis, rediss, redis-sentinel,"
                                + " redis-cluster, valkey, postgresql and memcached");
            }
        };
    }

    @Override
    public void close() {
        detach.run();
    }

    private interface Attaching {
        SessionStore attach();
    }

    private static SessionStore with(String artifact, Attaching attaching) {
        try {
            return attaching.attach();
        } catch (NoClassDefFoundError e) {
            throw new SessionsUrlException(
                    "coatcheck.sessions.url needs the artifact dev.coatcheck:" + artifact + ", which is not there", e);
        } catch (IllegalArgumentException e) {
            throw new SessionsUrlException("coatcheck.sessions.url cannot be read: " + e.getMessage(), e);
        }
    }

    // Classes of their own, so that an adapter which is not there is missed only by who asks for it.

    private static final class OnRedis {
        static SessionStore attach(String url) {
            Redis redis = Redis.attach(url);
            return new SessionStore(redis::sessions, redis::close);
        }
    }

    private static final class OnPostgres {
        static SessionStore attach(String url) {
            Postgres postgres = Postgres.attach(url);
            return new SessionStore(postgres::sessions, postgres::close);
        }
    }

    private static final class OnMemcached {
        static SessionStore attach(String url) {
            Memcached memcached = Memcached.attach(url);
            return new SessionStore(memcached::sessions, memcached::close);
        }
    }
}
