package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.images.ImageHeader;
import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.servlet.uploads.TusAccess;
import dev.coatcheck.servlet.uploads.TusCreation;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.Upload;
import dev.coatcheck.state.uploads.Uploads;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes photos in piece by piece, through whichever instances, by tus. An upload becomes the photo's original where it is,
 * with no copy. It gets its row and its job when it is whole, and whoever sent the last of it is told in the header
 * {@code Photo} where the photo is. An original that nobody gave a row is swept a day later.
 */
public final class ResumableUploads implements TusAccess {
    private static final String OWNER = "owner";

    private final Photos photos;
    private final Blobs blobs;
    private final Uploads uploads;
    private final PhotoRules rules;

    /** @param uploads which become blobs */
    public ResumableUploads(Photos photos, Blobs blobs, Uploads uploads, PhotoRules rules) {
        this.photos = photos;
        this.blobs = blobs;
        this.uploads = uploads;
        this.rules = rules;
    }

    @Override
    public Optional<NewUpload> begin(HttpServletRequest request, TusCreation creation) {
        var user = User.require(request);
        var type = creation.contentType().flatMap(ImageType::ofContentType).orElseThrow(PhotoRules::notAnImage);
        if (creation.length().orElse(0) > rules.maxBytes()) {
            throw rules.tooLarge();
        }
        var options = PutOptions.ofType(type.contentType()).withMaxBytes(rules.maxBytes());
        return Optional.of(NewUpload.to(PhotoBlobs.original(UUID.randomUUID()), options)
                .withAttributes(Map.of(OWNER, user.id().toString())));
    }

    @Override
    public boolean mayUse(HttpServletRequest request, Upload upload) {
        return User.require(request)
                .id()
                .toString()
                .equals(upload.begun().attributes().get(OWNER));
    }

    @Override
    public void finished(HttpServletRequest request, HttpServletResponse response, Upload upload) {
        var user = User.require(request);
        var id = PhotoBlobs.photo(upload.begun().key().orElseThrow()).orElseThrow();
        var photo = photos.addedEarlier(id, user.id()).orElseGet(() -> photos.add(id, user.id(), header(upload)));
        response.setHeader("Photo", "/photos/" + photo.id());
    }

    /** Nothing stays of what is no photo: neither the blob nor the upload, which is not to be asked about again. */
    private ImageHeader header(Upload upload) {
        var key = upload.begun().key().orElseThrow();
        try {
            return header(key);
        } catch (IOException e) {
            throw new UncheckedIOException("reading the blob " + key + " failed", e);
        } catch (ApiException e) {
            blobs.delete(key);
            uploads.abandon(upload.id());
            throw e;
        }
    }

    private ImageHeader header(String key) throws IOException {
        if (!(blobs.read(key, ReadOptions.range(0, ImageHeader.MAX_BYTES)) instanceof ReadResult.Found original)) {
            throw new ApiException(410, "upload_gone", "This upload is too old, or was refused before.");
        }
        try (original) {
            return PhotoRules.require(original.content());
        }
    }
}
