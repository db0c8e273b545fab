/**
 * A cache that all processes share: what is dear to compute and may be computed again.
 *
 * <p>The port is {@link dev.coatcheck.state.cache.Cache}; an adapter is a {@link dev.coatcheck.state.cache.CacheStore}.
 */
@NullMarked
package dev.coatcheck.state.cache;

import org.jspecify.annotations.NullMarked;
