/**
 * Blobs: bytes that outlive the request which brought them, kept where every process can reach them.
 *
 * <p>The port is {@link dev.coatcheck.state.blobs.Blobs}.
 */
@NullMarked
package dev.coatcheck.state.blobs;

import org.jspecify.annotations.NullMarked;
