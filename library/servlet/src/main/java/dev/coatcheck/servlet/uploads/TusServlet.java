package dev.coatcheck.servlet.uploads;

import dev.coatcheck.servlet.uploads.TusRefusal.RefusedException;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.Uploads;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Resumable uploads by tus 1.0.0, which clients for browsers and phones speak: the core protocol with creation, creation with
 * upload, deferred length, checksum (md5, sha1, sha256), termination, expiration and concatenation.
 *
 * <p>Any process serves any request of an upload. One that is killed loses a chunk at the most, and the client goes on with
 * the next: what it then asks to append waits until the lease of the dead writer is over, up to 10 seconds, so that a client which
 * tries again sees no error. An upload becomes its blob when its last byte has come; {@link TusAccess} decides who may
 * upload, and hears of the end.
 *
 * <p>Refusals are JSON with a code and a message. 409 and 423 are tried again by clients: another offset, another writer.
 * 400, 412 and 413 are the request's fault; 415 says that the bytes are not of the declared type, 422 and 460 that they are not
 * those announced, 404 that there is no such upload or it is not the client's. 503 with {@code Retry-After} is a store that
 * cannot be reached.
 *
 * <p>Map it to a path and all below. Put a {@link dev.coatcheck.servlet.RestOfBodyFilter} in front, or clients see a
 * connection that was reset in place of a refusal. Cost: a request looks for its upload, which is one round trip, and does
 * what {@link Uploads} says of it. Thread-safe.
 *
 * <pre>{@code
 * var uploads = postgres.uploads(UploadSettings.defaults());
 * context.addServlet("uploads", new TusServlet(uploads, new PhotoUploads(photos))).addMapping("/uploads/*");
 * }</pre>
 */
public final class TusServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String VERSION = "1.0.0";
    private static final List<String> METHODS = List.of("POST", "HEAD", "PATCH", "DELETE");
    private static final String EXTENSIONS =
            "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration,concatenation";
    /** As RFC 9110 has it: the formatter of RFC 1123 writes days below 10 with one digit. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final transient TusUploads uploads;

    public TusServlet(Uploads uploads, TusAccess access) {
        this.uploads = new TusUploads(uploads, access);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Tus-Resumable", VERSION);
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
        var headers = new TusHeaders(request);
        var method = headers.method();
        if (method.equals("OPTIONS")) {
            describe(request, response);
            return;
        }
        if (!METHODS.contains(method)) {
            response.setHeader("Allow", "OPTIONS, " + String.join(", ", METHODS));
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        if (!headers.text("Tus-Resumable").equals(Optional.of(VERSION))) {
            response.setHeader("Tus-Version", VERSION);
            throw TusRefusal.WRONG_VERSION.asException();
        }
        switch (method) {
            case "POST" -> create(headers, response);
            case "HEAD" -> tell(headers, response);
            case "PATCH" -> append(headers, response);
            default -> {
                uploads.abandon(request, id(request));
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
        }
    }

    private void describe(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Tus-Version", VERSION);
        response.setHeader("Tus-Extension", EXTENSIONS);
        response.setHeader("Tus-Checksum-Algorithm", "sha1,sha256,md5");
        uploads.access().maxBytes(request).ifPresent(most -> response.setHeader("Tus-Max-Size", "" + most));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private void create(TusHeaders headers, HttpServletResponse response) throws IOException, RefusedException {
        var request = headers.request();
        if (request.getPathInfo() != null && !request.getPathInfo().equals("/")) {
            throw TusRefusal.MISSING.asException();
        }
        // Before anything is begun that a wrong one would leave behind.
        var checksum = headers.checksum();
        var upload = uploads.begin(headers);
        if (headers.hasBytes() && upload.parts().isEmpty()) {
            var options = new AppendOptions(checksum, upload.begun().length());
            upload = uploads.append(request, response, upload, 0, options);
            response.setHeader(TusHeaders.OFFSET, "" + upload.offset());
        } else if (upload.isWhole()) {
            upload = uploads.finish(request, response, upload);
        }
        response.setHeader("Upload-Expires", HTTP_DATE.format(upload.expiresAt()));
        response.setHeader(
                "Location",
                request.getContextPath() + request.getServletPath() + "/"
                        + upload.id().text());
        response.setStatus(HttpServletResponse.SC_CREATED);
    }

    private void tell(TusHeaders headers, HttpServletResponse response) throws RefusedException {
        var request = headers.request();
        var upload = uploads.find(request, id(request));
        if (upload.isWhole()) {
            upload = uploads.finish(request, response, upload);
        }
        response.setHeader(TusHeaders.OFFSET, "" + upload.offset());
        var length = upload.begun().length();
        response.setHeader(
                length.isPresent() ? TusHeaders.LENGTH : TusHeaders.DEFER_LENGTH,
                length.isPresent() ? "" + length.getAsLong() : "1");
        response.setHeader("Upload-Expires", HTTP_DATE.format(upload.expiresAt()));
        for (var header : new String[] {TusHeaders.METADATA, TusHeaders.CONCAT}) {
            var said = upload.begun().attributes().get(header);
            if (said != null) {
                response.setHeader(header, said);
            }
        }
        response.setStatus(HttpServletResponse.SC_OK);
    }

    private void append(TusHeaders headers, HttpServletResponse response) throws IOException, RefusedException {
        var request = headers.request();
        if (!headers.hasBytes()) {
            throw TusRefusal.WRONG_MEDIA_TYPE.asException();
        }
        long offset = headers.number(TusHeaders.OFFSET).orElseThrow(TusRefusal.BAD_REQUEST::asException);
        var options = new AppendOptions(headers.checksum(), headers.number(TusHeaders.LENGTH));
        var upload = uploads.append(request, response, uploads.find(request, id(request)), offset, options);
        response.setHeader(TusHeaders.OFFSET, "" + upload.offset());
        response.setHeader("Upload-Expires", HTTP_DATE.format(upload.expiresAt()));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private static UploadId id(HttpServletRequest request) throws RefusedException {
        var path = Optional.ofNullable(request.getPathInfo()).orElse("/");
        return UploadId.parse(path.substring(1)).orElseThrow(TusRefusal.MISSING::asException);
    }
}
