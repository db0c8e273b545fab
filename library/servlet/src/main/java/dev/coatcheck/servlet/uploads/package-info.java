/**
 * Resumable uploads over HTTP, by the protocol tus 1.0: {@link dev.coatcheck.servlet.uploads.TusServlet}.
 */
@NullMarked
package dev.coatcheck.servlet.uploads;

import org.jspecify.annotations.NullMarked;
