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

/** The page at {@code /}, and its scripts, style and icon: a few files that are part of the program, kept in memory. */
final class Page extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static final Map<String, File> FILES = Map.of(
            "/", File.of("page/index.html", "text/html; charset=utf-8"),
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
            FILES.keySet().stream().map(path -> path.equals("/") ? "" : path).toArray(String[]::new);

    private record File(String content, String contentType, String etag) {
        static File of(String name, String contentType) {
            try (var resource = Page.class.getResourceAsStream(name)) {
                if (resource == null) {
                    throw new IllegalStateException("the file " + name + " is missing from the program");
                }
                var content = resource.readAllBytes();
                var hash = MessageDigest.getInstance("SHA-256").digest(content);
                return new File(
                        new String(content, UTF_8),
                        contentType,
                        '"' + HexFormat.of().formatHex(hash, 0, 12) + '"');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var file = FILES.get(request.getRequestURI());
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
