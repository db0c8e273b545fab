package dev.coatcheck.servlet.uploads;

import dev.coatcheck.servlet.uploads.DirectUploadJson.Beginning;
import dev.coatcheck.servlet.uploads.TusCreation.Kind;
import dev.coatcheck.servlet.uploads.TusRefusal.RefusedException;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.PresignedPart;
import dev.coatcheck.state.uploads.UploadId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Uploads that browsers send to the object store themselves, as JSON over HTTP; {@code uploadDirectly} of {@code uploads.js} speaks
 * it. The same {@link TusAccess} decides as over tus, and hears of the end.
 *
 * <ul>
 *   <li>{@code POST /} with {@code {"length": 12345, "metadata": {"filename": "…"}}} begins: 201, with a {@code Location}.
 *   <li>{@code GET} there tells how many bytes came, and gives leave for parts that are missing, a hundred at once: each with its
 *       {@code offset} and {@code length} in the file, and the {@code method}, {@code url} and {@code headers} to send it with. So does
 *       the answer to the beginning; where it gives none, the store failed just then, and is asked again by {@code GET}.
 *   <li>{@code POST} there finishes: 200, or 409 where parts are missing. Doing so again is harmless.
 *   <li>{@code DELETE} there gives it up.
 * </ul>
 *
 * <p>Any process serves any request. Refusals are JSON with a code and a message, as those of {@link TusServlet}: 409, 423 and 503
 * may be tried again. Whoever has the URL of a part may store that part until it expires, so that answers are not to be cached or logged.
 *
 * <p>Map it to a path and all below. Cost in round trips: begins with three, tells with four, finishes with what
 * {@link DirectUploads} says and three; the last two with one more for each 1000 parts. Thread-safe.
 *
 * <pre>{@code
 * var direct = s3.directUploads(DirectUploadSettings.defaults());
 * context.addServlet("direct", new DirectUploadServlet(direct, new FilmUploads(films))).addMapping("/direct/*");
 * }</pre>
 */
public final class DirectUploadServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient DirectUploads uploads;
    private final transient TusAccess access;

    public DirectUploadServlet(DirectUploads uploads, TusAccess access) {
        this.uploads = uploads;
        this.access = access;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        try {
            serve(request, response);
        } catch (RefusedException e) {
            e.answer(response);
        } catch (BackingServiceException e) {
            TusRefusal.STORE_UNAVAILABLE.asException().answer(response);
        }
    }

    private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        var path = Optional.ofNullable(request.getPathInfo()).orElse("/");
        if (path.equals("/") && request.getMethod().equals("POST")) {
            begin(request, response);
            return;
        }
        switch (request.getMethod()) {
            case "GET" -> answer(response, find(request, path));
            case "POST" -> finish(request, response, find(request, path));
            case "DELETE" -> {
                uploads.abandon(find(request, path).id());
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            default -> {
                response.setHeader("Allow", "GET, POST, DELETE");
                response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            }
        }
    }

    private void begin(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        var beginning = Beginning.read(request);
        var creation = new TusCreation(Kind.WHOLE, OptionalLong.of(beginning.length()), beginning.metadata());
        var allowed = access.begin(request, creation).orElseThrow(TusRefusal.FORBIDDEN::asException);
        var upload =
                switch (uploads.begin(allowed.withLength(beginning.length()))) {
                    case DirectBeginResult.Begun(var begun) -> begun;
                    case DirectBeginResult.TooLarge tooLarge -> throw TusRefusal.TOO_LARGE.asException();
                };
        response.setStatus(HttpServletResponse.SC_CREATED);
        response.setHeader(
                "Location",
                request.getContextPath() + request.getServletPath() + "/"
                        + upload.id().text());
        write(response, upload, leaveAtOnce(upload));
    }

    /** None where the store fails now: a beginning that is refused would be there all the same, and be begun again. */
    private List<PresignedPart> leaveAtOnce(DirectUpload upload) {
        try {
            return leave(upload);
        } catch (BackingServiceException e) {
            return List.of();
        }
    }

    private DirectUpload find(HttpServletRequest request, String path) throws RefusedException {
        return UploadId.parse(path.substring(1))
                .flatMap(uploads::find)
                .filter(upload -> access.mayUse(request, upload.asUpload()))
                .orElseThrow(TusRefusal.MISSING::asException);
    }

    private void finish(HttpServletRequest request, HttpServletResponse response, DirectUpload upload)
            throws IOException, RefusedException {
        var result = upload.blob().isPresent()
                ? new FinishResult.Stored(upload.blob().get())
                : uploads.finish(upload.id());
        if (result instanceof FinishResult.Incomplete) {
            throw TusRefusal.INCOMPLETE.asException();
        }
        if (!(result instanceof FinishResult.Stored(var blob))) {
            throw TusUploads.refused(result);
        }
        var finished = upload.finishedAs(blob);
        access.finished(request, response, finished.asUpload());
        answer(response, finished);
    }

    private void answer(HttpServletResponse response, DirectUpload upload) throws IOException {
        write(response, upload, leave(upload));
    }

    private List<PresignedPart> leave(DirectUpload upload) {
        return upload.missing().isEmpty() ? List.of() : uploads.sign(upload.id(), upload.missing());
    }

    private static void write(HttpServletResponse response, DirectUpload upload, List<PresignedPart> leave)
            throws IOException {
        response.setContentType("application/json");
        response.getOutputStream().write(DirectUploadJson.write(upload, leave));
    }
}
