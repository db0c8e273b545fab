/**
 * Uploads that any process can go on with: begun in one, appended to in another, finished in a third.
 *
 * <p>The port is {@link dev.coatcheck.state.uploads.Uploads}; an adapter is an
 * {@link dev.coatcheck.state.uploads.UploadStore}.
 */
@NullMarked
package dev.coatcheck.state.uploads;

import org.jspecify.annotations.NullMarked;
