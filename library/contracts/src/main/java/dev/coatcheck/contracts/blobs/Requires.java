package dev.coatcheck.contracts.blobs;

import dev.coatcheck.state.blobs.BlobCapability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test of the contract for adapters that declare a capability; skipped for others. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Requires {
    BlobCapability value();
}
