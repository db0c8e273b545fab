package dev.coatcheck.servlet;

import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.Uploads;
import java.util.Optional;

/**
 * Uploads on a store that is attached, and the blobs that they become.
 *
 * @param direct those that pass through no process, where the store takes such
 */
record AttachedUploads(Uploads uploads, Optional<DirectUploads> direct, Blobs blobs, Runnable detaching)
        implements AutoCloseable {
    @Override
    public void close() {
        detaching.run();
    }
}
