package dev.coatcheck.state.uploads;

import dev.coatcheck.state.BackingServiceException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Uploads that pass through no process: the application begins one and gives a browser leave for its parts, the browser stores
 * them, in any order and several at a time, and the application finishes it. Adapters of stores that can check such leave give this
 * out beside {@link Uploads}.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>What has come is what the store says has come, to whichever process asks. A browser that was closed, a process that
 *       died: whoever asks {@link #find} knows which parts are missing.
 *   <li>Leave is for one part of one upload, of one length, for a time. A part that is stored again takes the place of the
 *       first, until the upload is finished.
 *   <li>Nobody sees a blob before all its parts are there, each of its length, and it begins as its type does: see
 *       {@link NewUpload}. Finishing again gives the same blob; what was refused is gone. No process has seen the bytes, so that
 *       the blob has no SHA-256 and none can be asked for: look at what came before it is used.
 *   <li>What is given up, expires or fails leaves nothing behind once it is swept.
 * </ul>
 *
 * <p>Whoever has a part's URL has the leave until it expires. Whoever has an id is not yet somebody who may use it: the application
 * decides that.
 *
 * <p>Methods throw {@link BackingServiceException} where the store cannot be reached or does not answer in time; every one of them
 * may be asked again. Thread-safe.
 *
 * <pre>{@code
 * var begun = direct.begin(NewUpload.to("films/42", options).withLength(size));
 * …
 * var leave = direct.sign(id, upload.missing());   // to the browser
 * …
 * if (direct.finish(id) instanceof Stored(var blob)) {
 *     remember(blob.key(), blob.size());
 * }
 * }</pre>
 */
public interface DirectUploads {
    /** For how many parts leave is given at once. */
    int MOST_SIGNED = 100;

    /**
     * Begins an upload, under an id that nobody can guess. Two round trips.
     *
     * @throws IllegalArgumentException where it has no key, no length or no byte, or where its SHA-256 was announced
     */
    DirectBeginResult begin(NewUpload upload);

    /** An upload as it is now; empty where there never was one, it has expired or was given up. Three round trips. */
    Optional<DirectUpload> find(UploadId id);

    /**
     * Leave for parts, in the order of their numbers: for the first {@value #MOST_SIGNED} of those that are asked for and that the
     * upload has, whether they have come or not. One round trip.
     *
     * @return empty where there is no such upload or it is finished
     */
    List<PresignedPart> sign(UploadId id, Collection<Integer> parts);

    /** Makes an upload the blob that it is to be. Eleven round trips, and two for each 1000 parts. */
    FinishResult finish(UploadId id);

    /**
     * Gives an upload up. The blob of a finished one stays. What is stored with leave that was given before is swept.
     *
     * @return whether there was one
     */
    boolean abandon(UploadId id);

    /**
     * Clears away uploads that have expired, as {@link Uploads#sweep} does.
     *
     * @return how many there were
     */
    int sweep(int limit);
}
