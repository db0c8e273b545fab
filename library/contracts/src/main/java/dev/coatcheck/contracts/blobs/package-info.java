/**
 * What an adapter of {@link dev.coatcheck.state.blobs.Blobs} must pass, and the in-memory reference that passes it:
 * {@link dev.coatcheck.contracts.blobs.BlobsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.blobs.SharedBlobsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.blobs;

import org.jspecify.annotations.NullMarked;
