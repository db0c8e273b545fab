package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.images.ImageHeader;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * Takes photos in, each in one request: streams it into the blobs, looking at its first bytes on the way, and then adds its
 * row and its job in one transaction. No byte of it touches this machine's disk.
 */
public final class FormUploads {
    /** What the request may have around the photo. */
    private static final int FORM_BYTES = 64 * 1024;

    private final Photos photos;
    private final Blobs blobs;
    private final PhotoRules rules;
    private final Duration keysLive;

    /** @param keysLive how long the answer to an upload is kept under its {@code Idempotency-Key} */
    public FormUploads(Photos photos, Blobs blobs, PhotoRules rules, Duration keysLive) {
        this.photos = photos;
        this.blobs = blobs;
        this.rules = rules;
        this.keysLive = keysLive;
    }

    /**
     * Takes the field {@code photo} of a multipart request. All requests of a user under one {@code Idempotency-Key} are
     * one photo, that of the first which got as far as to add it, also where its answer was never recorded. A key that
     * comes again when its answer would be kept no longer is a new one.
     *
     * @throws ApiException 413 where it is too large, 415 where it is no image that is taken
     */
    Photo take(User user, HttpServletRequest request) throws IOException {
        long maxBytes = rules.maxBytes() + FORM_BYTES;
        if (request.getContentLengthLong() > maxBytes) {
            throw rules.tooLarge();
        }
        try (var part = FormFile.open(request, "photo", maxBytes)) {
            return store(id(user, request), user, new BufferedInputStream(part, 16 * 1024));
        } catch (FormFile.MalformedFormException e) {
            throw new ApiException(400, "bad_form", "The upload is not a complete multipart form.");
        }
    }

    /**
     * Under a key the same for as long as it lives: an attempt may have added its photo, and died before anybody knew. Each
     * life of a key has an id that follows from the one before, so that attempts agree on it.
     */
    private UUID id(User user, HttpServletRequest request) {
        var key = request.getHeader("Idempotency-Key");
        if (key == null) {
            return UUID.randomUUID();
        }
        var id = idOf(user.id() + "\n" + key);
        while (photos.isOlder(id, keysLive)) {
            id = idOf(id.toString());
        }
        return id;
    }

    private static UUID idOf(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private Photo store(UUID id, User user, BufferedInputStream content) throws IOException {
        content.mark(ImageHeader.MAX_BYTES + 1);
        var header = PhotoRules.require(content);
        content.reset();
        var earlier = photos.addedEarlier(id, user.id());
        if (earlier.isPresent()) {
            return earlier.get(); // and its original stays, whatever has come now
        }
        var options = PutOptions.ofType(header.type().contentType()).withMaxBytes(rules.maxBytes());
        return switch (blobs.put(PhotoBlobs.original(id), content, options)) {
            case PutResult.Stored stored -> photos.add(id, user.id(), header);
            case PutResult.TooLarge tooLarge -> throw rules.tooLarge();
            case PutResult.Exists exists -> throw new IllegalStateException("asked to replace what exists");
            case PutResult.ChecksumMismatch mismatch -> throw new IllegalStateException("gave no checksum to compare");
        };
    }
}
