/**
 * Resumable uploads over HTTP: through the application by the protocol tus 1.0, {@link dev.coatcheck.servlet.uploads.TusServlet}, and
 * directly to the store, {@link dev.coatcheck.servlet.uploads.DirectUploadServlet}.
 */
@NullMarked
package dev.coatcheck.servlet.uploads;

import org.jspecify.annotations.NullMarked;
