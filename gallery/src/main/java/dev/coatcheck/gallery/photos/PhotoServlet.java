package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.http.Json;
import dev.coatcheck.gallery.images.Variant;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code GET /photos/{id}}: what is known of a photo; {@code GET /photos/{id}/{variant}}: an image, with an ETag. 404 for
 * what is not there, and for what is another user's, which nobody can tell apart.
 */
public final class PhotoServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Photos photos;
    private final transient Blobs blobs;
    private final transient ShownVariants shown;
    private final transient Slots slots = new Slots(64, Duration.ofSeconds(5));

    public PhotoServlet(Photos photos, Blobs blobs, ShownVariants shown) {
        this.photos = photos;
        this.blobs = blobs;
        this.shown = shown;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var user = User.require(request);
        // "/{id}" or "/{id}/{variant}"; what else it could be is not there.
        var path = Optional.ofNullable(request.getPathInfo()).orElse("").split("/", 4);
        var photo = Ids.parse(path.length > 1 ? path[1] : null)
                .flatMap(id -> photos.find(id, user.id()))
                .orElseThrow(ApiException::notFound);
        if (path.length == 2) {
            Json.write(response, HttpServletResponse.SC_OK, PhotoView.of(photo, shown.to(user)));
        } else if (path.length == 3 && isImage(path[2], photo, user)) {
            slots.take();
            try {
                image(PhotoBlobs.key(photo.id(), path[2]), request, response);
            } finally {
                slots.giveBack();
            }
        } else {
            throw ApiException.notFound();
        }
    }

    private boolean isImage(String name, Photo photo, User user) {
        return name.equals(PhotoBlobs.ORIGINAL)
                || Variant.ofPath(name)
                        .filter(photo.variants()::contains)
                        .filter(shown.to(user)::contains)
                        .isPresent();
    }

    private void image(String key, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Vary", "Cookie");
        // Whoever comes back asks again, so that an image is not shown after its user has logged out.
        response.setHeader("Cache-Control", "private, no-cache");
        switch (blobs.read(key, ifChanged(request))) {
            case ReadResult.Found found -> {
                try (found) {
                    response.setHeader("ETag", '"' + found.blob().etag() + '"');
                    response.setContentType(found.blob().contentType());
                    response.setContentLengthLong(found.length());
                    found.content().transferTo(response.getOutputStream());
                }
            }
            case ReadResult.NotModified same -> {
                response.setHeader("ETag", '"' + same.blob().etag() + '"');
                response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            }
            case ReadResult.Missing missing -> throw ApiException.notFound();
            case ReadResult.OutOfRange outOfRange -> throw ApiException.notFound();
        }
    }

    /** Browsers send the one ETag that they have; any other form of the header is answered in full. */
    private static ReadOptions ifChanged(HttpServletRequest request) {
        var known = request.getHeader("If-None-Match");
        return known != null && known.matches("\"[^\",]{1,128}\"")
                ? ReadOptions.whole().ifNoneMatch(known.substring(1, known.length() - 1))
                : ReadOptions.whole();
    }
}
