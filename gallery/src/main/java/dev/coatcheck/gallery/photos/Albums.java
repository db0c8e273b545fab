package dev.coatcheck.gallery.photos;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.LoadFailedException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of albums as JSON, kept for all instances until a photo changes.
 *
 * <p>Not near, in the memory of each instance: word of a change takes some milliseconds, and who has just added a photo
 * may be faster to ask another instance for the album.
 */
public final class Albums implements AutoCloseable {
    /** The number is the format's: two releases share the cache during a deploy. */
    private static final CacheSettings SETTINGS = CacheSettings.named("albums.1");

    /**
     * How old an album may be where a process died just after a change, before it told of it; or where, during a deploy,
     * a process of an older release made the change, which knows nothing of this cache.
     */
    private static final Duration TTL = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Albums.class);

    private final Cache pages;

    Albums(Cache pages) {
        this.pages = pages;
    }

    /** Kept in one of the caches that a store serves, by their settings. */
    public static Albums in(Function<CacheSettings, Cache> caches) {
        return new Albums(caches.apply(SETTINGS));
    }

    /**
     * A page of an account's album.
     *
     * @param which tells it from the account's other pages
     * @param make makes the page, where it is not kept
     */
    String page(UUID account, String which, Supplier<String> make) {
        try {
            return pages.get(account + " " + which, Set.of(tag(account)), TTL, () -> Optional.of(make.get()))
                    .value()
                    .orElseThrow();
        } catch (LoadFailedException e) {
            throw e.getCause() instanceof BackingServiceException away ? away : e;
        }
    }

    /** To be called after each change of an account's photos, when it is committed: nobody is shown what was before. */
    void changed(UUID account) {
        try {
            pages.invalidateTag(tag(account));
        } catch (BackingServiceException e) {
            log.warn("An album may be out of date for {}: {}", TTL, e.getMessage());
        }
    }

    private static String tag(UUID account) {
        return "account:" + account;
    }

    @Override
    public void close() {
        pages.close();
    }
}
