package dev.coatcheck.guides;

import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.sessions.Sessions;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The ports of the library, in the order of the table. */
enum Port {
    SESSIONS(Sessions.class),
    CACHE(Cache.class),
    LIMITS(Limits.class),
    LEASES(Leases.class),
    IDEMPOTENCY(Idempotency.class),
    FLAGS(Flags.class),
    JOBS(Jobs.class),
    BLOBS(Blobs.class),
    UPLOADS,
    CHANNELS(Channels.class);

    private final Optional<Class<?>> type;

    Port(Class<?> type) {
        this.type = Optional.of(type);
    }

    /** One that is not there yet. */
    Port() {
        this.type = Optional.empty();
    }

    /** The package that it is in, and the section of the page. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isThere() {
        return type.isPresent();
    }

    /** Whether an attached resource gives it out. */
    boolean isGivenOutBy(Class<?> resource) {
        return type.filter(port -> Arrays.stream(resource.getMethods())
                        .map(Method::getReturnType)
                        .anyMatch(port::isAssignableFrom))
                .isPresent();
    }
}
