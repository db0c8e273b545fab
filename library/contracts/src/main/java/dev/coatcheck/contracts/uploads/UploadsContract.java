package dev.coatcheck.contracts.uploads;

import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;

/**
 * What every adapter of {@link dev.coatcheck.state.uploads.Uploads} passes, cut by what it is about: {@link Sending},
 * {@link Writing}, {@link Finishing}, {@link Joining}, {@link Leaving}.
 *
 * <pre>{@code
 * class PostgresUploadsTest extends UploadsContract {
 *     @Override
 *     public UploadStore store() {
 *         return postgres.uploadStore();
 *     }
 *     …
 * }
 * }</pre>
 */
public abstract class UploadsContract implements Sending, Writing, Finishing, Joining, Leaving {

    /**
     * The store under test; called once in each test, before the others.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract UploadStore store();

    /** Where finished uploads become blobs. */
    @Override
    public abstract Blobs blobs();

    /** Clears away at once all that the adapter clears away by and by. */
    @Override
    public abstract void clearAway();

    /** How many things the store holds for uploads and blobs, whatever they are: rows, objects, parts. */
    @Override
    public abstract long held();
}
