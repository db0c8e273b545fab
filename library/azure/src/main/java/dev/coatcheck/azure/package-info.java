/**
 * Blobs on Azure Blob Storage.
 *
 * <p>Begin with {@link dev.coatcheck.azure.Azure#attach(String)}.
 */
@NullMarked
package dev.coatcheck.azure;

import org.jspecify.annotations.NullMarked;
