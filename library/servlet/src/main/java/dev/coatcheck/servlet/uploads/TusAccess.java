package dev.coatcheck.servlet.uploads;

import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.Upload;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the application decides, over tus and for uploads that go directly to the store: who may upload what, and what happens then. Asked on the request's thread; may ask stores,
 * whose {@link dev.coatcheck.state.BackingServiceException} is answered with 503. Any other exception goes through the servlet
 * to whatever in front of it answers the application's errors, so that a client can be told more than yes or no.
 */
public interface TusAccess {

    /**
     * What an upload becomes that a client wants to begin: its key, which the application chooses and no client, its type, the
     * bound on its bytes, and in the attributes whose it is. Its type is {@link TusCreation#contentType()} where the client may
     * say. Of a part only the bound and the attributes count.
     *
     * @return empty where the client may not: 403
     */
    Optional<NewUpload> begin(HttpServletRequest request, TusCreation creation);

    /**
     * How many bytes an upload may have at the most, as clients are told that ask beforehand ({@code Tus-Max-Size}); empty where
     * they are not told. What holds is what {@link #begin} says.
     */
    default OptionalLong maxBytes(HttpServletRequest request) {
        return OptionalLong.empty();
    }

    /** Whether a client may go on with an upload, give it up or join it: 404 where it may not. */
    boolean mayUse(HttpServletRequest request, Upload upload);

    /**
     * An upload is finished: {@link Upload#blob()} is there. Called before the client is told, and once more whenever a client
     * asks that may not have been told, also in another process: what is done here is to be done once for each key.
     * Of a blob whose client never asks again after a process died nothing is said: a row that was written in {@link #begin}
     * tells of it.
     *
     * <p>What the blob turned out not to be is refused by an exception. The upload is still finished then, and asked about
     * again: delete the blob and {@linkplain dev.coatcheck.state.uploads.Uploads#abandon abandon} the upload first.
     *
     * @param response for headers that say what has become of it; its status and its body are the servlet's
     */
    void finished(HttpServletRequest request, HttpServletResponse response, Upload upload);
}
