package dev.coatcheck.state.cache;

import java.util.Optional;

/**
 * Finds what is not in the cache.
 *
 * <p>It runs on the thread of the caller, or, where something older can be served meanwhile, on one in the background: so
 * it uses nothing that is bound to a thread, a request or a transaction. It does not ask the same cache for the same key.
 */
@FunctionalInterface
public interface Loader {

    /**
     * Finds it.
     *
     * @return text that {@linkplain dev.coatcheck.state.StoredText every store takes}, such as JSON; empty where there is
     *     nothing, which is kept too, for a time of its own
     * @throws Exception whatever went wrong: it reaches the caller in a {@link LoadFailedException}
     */
    Optional<String> load() throws Exception;
}
