package dev.coatcheck.state.cache;

import java.util.Map;
import java.util.Set;

/**
 * A {@link Loader} of several things at once, for which the same is true. For one call of {@link Cache#getAll} it may run
 * several times, each for some of the keys: one after the other, at the same time, and after the call has returned.
 */
@FunctionalInterface
public interface BulkLoader {

    /**
     * Finds them.
     *
     * @param keys those of the keys asked for that are to be loaded; at least one
     * @return what there is for these keys, text as that of a {@link Loader}; a key that is absent has nothing, which is
     *     kept too; never null, and without null in it
     * @throws Exception whatever went wrong: it reaches the caller in a {@link LoadFailedException}
     */
    Map<String, String> load(Set<String> keys) throws Exception;
}
