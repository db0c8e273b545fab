package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.http.Json;
import dev.coatcheck.gallery.images.Variant;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /photos}: GET lists the user's, newest first, in pages ({@code next} is where the following one is); POST adds
 * one, and only one however often it is sent with the same {@code Idempotency-Key}.
 */
public final class AlbumServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 24;

    private final transient Photos photos;
    private final transient Albums albums;
    private final transient FormUploads uploads;
    private final transient ShownVariants shown;

    public AlbumServlet(Photos photos, Albums albums, FormUploads uploads, ShownVariants shown) {
        this.photos = photos;
        this.albums = albums;
        this.uploads = uploads;
        this.shown = shown;
    }

    private record Album(List<PhotoView> photos, @Nullable String next) {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var user = User.require(request);
        var after = after(request);
        var variants = shown.to(user);
        // What a flag shows is a part of the key, so that a flag acts at once.
        var which = "%s %s".formatted(after.map(UUID::toString).orElse("first"), variants);
        Json.writeText(
                response, HttpServletResponse.SC_OK, albums.page(user.id(), which, () -> page(user, after, variants)));
    }

    private String page(User user, Optional<UUID> after, Set<Variant> variants) {
        // One more than a page has, to know whether there is another.
        var found = photos.album(user.id(), after, PAGE + 1);
        var page = found.subList(0, Math.min(found.size(), PAGE));
        var next = found.size() > PAGE ? "/photos?after=" + page.getLast().id() : null;
        return Json.textOf(new Album(
                page.stream().map(photo -> PhotoView.of(photo, variants)).toList(), next));
    }

    private static Optional<UUID> after(HttpServletRequest request) {
        var after = request.getParameter("after");
        if (after == null) {
            return Optional.empty();
        }
        var id = Ids.parse(after);
        if (id.isEmpty()) {
            throw new ApiException(400, "bad_page", "There is no such page of the album.");
        }
        return id;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var user = User.require(request);
        var photo = uploads.take(user, request);
        response.setHeader("Location", "/photos/" + photo.id());
        Json.write(response, HttpServletResponse.SC_CREATED, PhotoView.of(photo, shown.to(user)));
    }
}
