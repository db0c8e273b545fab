package dev.coatcheck.contracts.blobs;

import dev.coatcheck.state.blobs.Blobs;

/**
 * What every adapter of {@link Blobs} passes, cut by what it is about: {@link Storing}, {@link Refusing},
 * {@link Replacing}, {@link Reading}, {@link Listing}, {@link Keys}.
 *
 * <pre>{@code
 * class PostgresBlobsTest extends BlobsContract {
 *     @Override
 *     public Blobs blobs() {
 *         return postgres.blobs();
 *     }
 * }
 * }</pre>
 */
public abstract class BlobsContract implements Storing, Refusing, Replacing, Reading, Listing, Keys {

    /**
     * The blobs under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract Blobs blobs();
}
