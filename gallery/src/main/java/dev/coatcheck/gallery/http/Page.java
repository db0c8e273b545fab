package dev.coatcheck.gallery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/** The page at {@code /}, and its scripts, style and icon: a few files that are part of the program, kept in memory. */
public final class Page extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /** Where the page says how large a photo may be. */
    private static final String MAX_MEGABYTES = "{{max-photo-megabytes}}";

    private static final File INDEX = File.of("page/index.html", "text/html; charset=utf-8");

    private static final Map<String, File> ASSETS = Map.of(
            "/assets/gallery.css", File.of("page/gallery.css", "text/css; charset=utf-8"),
            "/assets/gallery.js", File.of("page/gallery.js", SCRIPT),
            "/assets/page.js", File.of("page/page.js", SCRIPT),
            "/assets/asking.js", File.of("page/asking.js", SCRIPT),
            "/assets/uploading.js", File.of("page/uploading.js", SCRIPT),
            "/assets/channels.js", File.of("/META-INF/resources/coatcheck/channels.js", SCRIPT),
            "/assets/uploads.js", File.of("/META-INF/resources/coatcheck/uploads.js", SCRIPT),
            "/assets/icon.svg", File.of("page/icon.svg", "image/svg+xml"));

    /** What to map this to; the empty path is {@code /} and nothing else. */
    static final String[] PATHS =
            Stream.concat(Stream.of(""), ASSETS.keySet().stream()).toArray(String[]::new);

    private final transient File index;

    /** @param maxPhotoMegabytes how large a photo may be */
    public Page(int maxPhotoMegabytes) {
        index = INDEX.with(MAX_MEGABYTES, String.valueOf(maxPhotoMegabytes));
    }

    private record File(String content, String contentType, String etag) {
        File(String content, String contentType) {
            this(content, contentType, '"' + hash(content) + '"');
        }

        static File of(String name, String contentType) {
            try (var resource = Page.class.getResourceAsStream(name)) {
                if (resource == null) {
                    throw new IllegalStateException("the file " + name + " is missing from the program");
                }
                return new File(new String(resource.readAllBytes(), UTF_8), contentType);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String hash(String content) {
            try {
                var hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
                return HexFormat.of().formatHex(hash, 0, 12);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }

        /** The same with a text in the place of another. */
        File with(String place, String text) {
            return new File(content.replace(place, text), contentType);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var path = request.getRequestURI();
        var file = path.equals("/") ? index : ASSETS.get(path);
        if (file == null) {
            throw ApiException.notFound();
        }
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", file.etag());
        if (file.etag().equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        var content = file.content().getBytes(UTF_8);
        response.setContentType(file.contentType());
        response.setContentLength(content.length);
        response.getOutputStream().write(content);
    }
}
