package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.http.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
    private final transient Uploads uploads;

    public AlbumServlet(Photos photos, Albums albums, Uploads uploads) {
        this.photos = photos;
        this.albums = albums;
        this.uploads = uploads;
    }

    private record Album(List<PhotoView> photos, @Nullable String next) {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var user = User.require(request);
        var after = after(request);
        Json.writeText(response, HttpServletResponse.SC_OK, albums.page(user.id(), after, () -> page(user, after)));
    }

    private String page(User user, Optional<UUID> after) {
        // One more than a page has, to know whether there is another.
        var found = photos.album(user.id(), after, PAGE + 1);
        var page = found.subList(0, Math.min(found.size(), PAGE));
        var next = found.size() > PAGE ? "/photos?after=" + page.getLast().id() : null;
        return Json.textOf(new Album(page.stream().map(PhotoView::of).toList(), next));
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
        var photo = uploads.take(User.require(request), request);
        response.setHeader("Location", "/photos/" + photo.id());
        Json.write(response, HttpServletResponse.SC_CREATED, PhotoView.of(photo));
    }
}
