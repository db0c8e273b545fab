/**
 * Blobs and uploads on object stores that speak S3: Amazon's, and those that speak as it does.
 *
 * <p>Begin with {@link dev.coatcheck.s3.S3#attach(String)}.
 */
@NullMarked
package dev.coatcheck.s3;

import org.jspecify.annotations.NullMarked;
