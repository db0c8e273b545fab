package dev.coatcheck.servlet.uploads;

import dev.coatcheck.servlet.uploads.TusCreation.Kind;
import dev.coatcheck.servlet.uploads.TusRefusal.RefusedException;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.BeginResult;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.JoinResult;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.Upload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.Uploads;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Uploads as a request may use them: what the port answers is an upload, or a refusal. */
record TusUploads(Uploads uploads, TusAccess access) {
    /** How long a request waits for the place of a writer that may be dead. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    Upload begin(TusHeaders headers) throws RefusedException {
        var parts = headers.parts();
        if (!parts.isEmpty()) {
            return join(headers, parts);
        }
        var kind = headers.isPart() ? Kind.PART : Kind.WHOLE;
        var allowed = allowed(headers, kind, headers.announcedLength());
        var upload = kind == Kind.WHOLE
                ? allowed
                : new NewUpload(Optional.empty(), allowed.options(), allowed.length(), allowed.attributes());
        return switch (uploads.begin(upload)) {
            case BeginResult.Begun(var begun) -> begun;
            case BeginResult.TooLarge tooLarge -> throw TusRefusal.TOO_LARGE.asException();
        };
    }

    private Upload join(TusHeaders headers, List<UploadId> parts) throws RefusedException {
        for (var part : parts) {
            // Those that are gone may have been joined already: then the whole is asked about below.
            var found = uploads.find(part);
            if (found.isPresent() && !access.mayUse(headers.request(), found.get())) {
                throw TusRefusal.PART_MISSING.asException();
            }
        }
        return switch (uploads.join(parts, allowed(headers, Kind.JOINED, OptionalLong.empty()))) {
            case JoinResult.Joined(var upload) -> usable(headers.request(), upload);
            case JoinResult.PartMissing missing -> throw TusRefusal.PART_MISSING.asException();
            case JoinResult.PartIncomplete incomplete -> throw TusRefusal.PART_MISSING.asException();
            case JoinResult.TooLarge tooLarge -> throw TusRefusal.TOO_LARGE.asException();
            case JoinResult.NotFinished(var why) -> throw refused(why);
        };
    }

    /** What the application allows, with what the client said, so that it can be told again. */
    private NewUpload allowed(TusHeaders headers, Kind kind, OptionalLong length) throws RefusedException {
        var creation = new TusCreation(kind, length, headers.metadata());
        var allowed = access.begin(headers.request(), creation).orElseThrow(TusRefusal.FORBIDDEN::asException);
        var attributes = new HashMap<>(allowed.attributes());
        headers.text(TusHeaders.METADATA).ifPresent(said -> attributes.put(TusHeaders.METADATA, said));
        headers.text(TusHeaders.CONCAT).ifPresent(said -> attributes.put(TusHeaders.CONCAT, said));
        try {
            return new NewUpload(allowed.key(), allowed.options(), length, attributes);
        } catch (IllegalArgumentException e) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
    }

    Upload find(HttpServletRequest request, UploadId id) throws RefusedException {
        return usable(request, uploads.find(id).orElseThrow(TusRefusal.MISSING::asException));
    }

    private Upload usable(HttpServletRequest request, Upload upload) throws RefusedException {
        if (!access.mayUse(request, upload)) {
            throw TusRefusal.MISSING.asException();
        }
        return upload;
    }

    /** Appends the request's body, and finishes the upload if that was the last of it. */
    Upload append(
            HttpServletRequest request, HttpServletResponse response, Upload upload, long offset, AppendOptions options)
            throws IOException, RefusedException {
        if (!upload.parts().isEmpty()) {
            throw TusRefusal.JOINED.asException();
        }
        var result = uploads.append(upload.id(), offset, request.getInputStream(), options);
        if (result instanceof AppendResult.Busy(var retryAfter)) {
            await(retryAfter);
            result = uploads.append(upload.id(), offset, request.getInputStream(), options);
        }
        var appended =
                switch (result) {
                    case AppendResult.Appended(var now) -> now;
                    case AppendResult.WrongOffset wrong -> throw TusRefusal.WRONG_OFFSET.asException();
                    case AppendResult.Busy(var retryAfter) -> throw TusRefusal.BUSY.asException(retryAfter);
                    case AppendResult.Superseded superseded -> {
                        find(request, upload.id()); // or it was given up
                        throw TusRefusal.SUPERSEDED.asException();
                    }
                    case AppendResult.TooLarge tooLarge -> throw TusRefusal.TOO_LARGE.asException();
                    case AppendResult.ChecksumMismatch mismatch -> throw TusRefusal.WRONG_CHECKSUM.asException();
                    case AppendResult.WrongLength wrong -> throw TusRefusal.BAD_REQUEST.asException();
                    case AppendResult.Missing missing -> throw TusRefusal.MISSING.asException();
                };
        return appended.isWhole() ? finish(request, response, appended) : appended;
    }

    /** Finishes an upload that is whole, if it is no part, and tells the application. */
    Upload finish(HttpServletRequest request, HttpServletResponse response, Upload upload) throws RefusedException {
        if (upload.isPart()) {
            return upload;
        }
        var finished = upload;
        if (upload.blob().isEmpty()) {
            var result = uploads.finish(upload.id());
            if (result instanceof FinishResult.Busy(var retryAfter)) {
                await(retryAfter);
                result = uploads.finish(upload.id());
            }
            if (!(result instanceof FinishResult.Stored(var blob))) {
                throw refused(result);
            }
            // Not asked for again: whoever gives the upload up meanwhile, the application hears of the blob.
            finished = upload.finishedAs(blob);
        }
        access.finished(request, response, finished);
        return finished;
    }

    void abandon(HttpServletRequest request, UploadId id) throws RefusedException {
        find(request, id);
        uploads.abandon(id);
    }

    static RefusedException refused(FinishResult result) {
        return switch (result) {
            case FinishResult.Stored stored -> throw new IllegalArgumentException("that is no refusal");
            case FinishResult.Exists exists -> TusRefusal.EXISTS.asException();
            case FinishResult.ChecksumMismatch mismatch -> TusRefusal.DAMAGED.asException();
            case FinishResult.WrongType wrongType -> TusRefusal.WRONG_TYPE.asException();
            case FinishResult.Incomplete incomplete -> TusRefusal.WRONG_OFFSET.asException();
            case FinishResult.Busy(var retryAfter) -> TusRefusal.BUSY.asException(retryAfter);
            case FinishResult.Missing missing -> TusRefusal.MISSING.asException();
        };
    }

    private static void await(Duration lease) throws RefusedException {
        var wait = lease.compareTo(PATIENCE) < 0 ? lease : PATIENCE;
        try {
            Thread.sleep(wait.plusMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TusRefusal.BUSY.asException(lease);
        }
    }
}
