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
import dev.coatcheck.state.uploads.Uploads;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;

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
    UPLOADS(Uploads.class),
    CHANNELS(Channels.class);

    private final Class<?> type;

    Port(Class<?> type) {
        this.type = type;
    }

    /** The package that it is in, and the section of the page. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an attached resource gives it out. */
    boolean isGivenOutBy(Class<?> resource) {
        return Arrays.stream(resource.getMethods()).map(Method::getReturnType).anyMatch(type::isAssignableFrom);
    }
}
