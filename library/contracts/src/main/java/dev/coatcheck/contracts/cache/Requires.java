package dev.coatcheck.contracts.cache;

import dev.coatcheck.state.cache.CacheCapability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A part of the contract, or a test of it, for adapters that declare a capability; skipped for others. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface Requires {
    CacheCapability value();
}
