/**
 * What every adapter of {@link dev.coatcheck.state.cache.Cache} passes, and the reference in memory:
 * {@link dev.coatcheck.contracts.cache.CacheContract}, {@link dev.coatcheck.contracts.cache.SharedCacheContract}.
 */
@NullMarked
package dev.coatcheck.contracts.cache;

import org.jspecify.annotations.NullMarked;
