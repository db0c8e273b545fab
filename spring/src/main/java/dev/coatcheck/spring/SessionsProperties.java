package dev.coatcheck.spring;

import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an application says of its sessions.
 *
 * <pre>{@code
 * coatcheck.sessions.url=${REDIS_URL}
 * coatcheck.sessions.types=com.example.shop.Cart
 * }</pre>
 *
 * @param url of the Redis, Valkey, PostgreSQL or Memcached that keeps them; from the environment, since it holds a password
 * @param types of the application's own that may be in a session, beside text, numbers, times, lists and maps
 * @param idleTimeout how long a session lives that nobody asks for
 * @param absoluteTimeout how long it lives in any case
 */
@ConfigurationProperties("coatcheck.sessions")
public record SessionsProperties(
        @Nullable String url,
        @DefaultValue List<Class<?>> types,
        @Nullable Duration idleTimeout,
        @Nullable Duration absoluteTimeout) {
    SessionSettings settings() {
        SessionSettings settings = SessionSettings.defaults();
        settings = idleTimeout == null ? settings : settings.withIdleTimeout(idleTimeout);
        return absoluteTimeout == null ? settings : settings.withAbsoluteTimeout(absoluteTimeout);
    }

    /** The URL is left out: it may hold a password. */
    @Override
    public String toString() {
        return "SessionsProperties[types=" + types + ", idleTimeout=" + idleTimeout + ", absoluteTimeout="
                + absoluteTimeout + "]";
    }
}
