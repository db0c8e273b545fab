/**
 * What an adapter of {@link dev.coatcheck.state.uploads.Uploads} must pass, and the in-memory reference that passes it:
 * {@link dev.coatcheck.contracts.uploads.UploadsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.uploads.SharedUploadsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.uploads;

import org.jspecify.annotations.NullMarked;
