package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A request of a recording, and its response.
 *
 * @param number counted from 1, in the order of the file
 * @param user who sent it
 * @param url empty where it is no address of HTTP
 * @param headers of the request
 * @param cookies of the request
 * @param body of the request
 * @param bodySize how many bytes the body of the request had; 0 or less where that is not known
 * @param response with status 0 where there was none; of images and the like without its body
 * @param evicted whether the response had a body of text that is not in the recording
 * @param resourceType what the browser says that it was for; empty where it does not
 * @param at when it began; empty where the recording does not say
 * @param messages on a WebSocket, in their order
 */
record HarEntry(
        int number,
        String user,
        String method,
        Optional<HarUrl> url,
        List<Header> headers,
        Map<String, String> cookies,
        Optional<HarBody> body,
        long bodySize,
        Response response,
        boolean evicted,
        String resourceType,
        Optional<Instant> at,
        List<HarMessage> messages) {
    private static final Set<String> ASSETS = Set.of("image", "font", "stylesheet", "script", "media", "manifest");
    private static final Pattern ASSET_TYPE = Pattern.compile(
            "(image|font|audio|video)/.*|text/(css|javascript|ecmascript)|application/(x-)?(javascript|ecmascript|font.*|wasm)"
                    + "|application/(manifest\\+json|vnd\\.ms-fontobject)");
    private static final Pattern MEDIA_TYPE = Pattern.compile("(image|audio|video)/.*");
    private static final Pattern ASSET_PATH = Pattern.compile(
            "(?i).*\\.(css|m?js|map|ico|png|jpe?g|gif|webp|avif|svg|woff2?|ttf|otf|eot|wasm|webmanifest|mp[34]|webm|ogg)");

    /** Where it stands, without what may be secret in its query. */
    String where() {
        return "entry " + number + " (" + method + " " + url.map(HarUrl::path).orElse("") + ")";
    }

    /** Path and query. */
    String target() {
        return url.map(HarUrl::target).orElse("");
    }

    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst();
    }

    boolean isSafe() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** This request, as if it had been answered like a later one. */
    HarEntry answeredAs(HarEntry later) {
        return new HarEntry(
                number,
                user,
                method,
                url,
                headers,
                cookies,
                body,
                bodySize,
                later.response,
                later.evicted,
                resourceType,
                at,
                messages);
    }

    boolean isDocument() {
        return isSafe() && (isOf("document", "document") || response.isHtml());
    }

    /** Whether it is what a person went to: a page, or what leads to one, as to the log-in of somebody else. */
    boolean isNavigation() {
        return isDocument()
                || (isSafe()
                        && response.status() / 100 == 3
                        && header("Accept").orElse("").contains("text/html"));
    }

    /** Some browsers say what a request is for in a header alone, which {@code coatcheck record} sees as well. */
    private boolean isOf(String type, String destination) {
        return resourceType.isEmpty()
                ? header("Sec-Fetch-Dest").filter(destination::equals).isPresent()
                : resourceType.equals(type);
    }

    /** Whether the one who answered had anything to say: who counts visitors has not. */
    boolean isAnswered() {
        return isSafe()
                || evicted
                || response.status() / 100 != 2
                || response.content().length() > 0
                || !response.cookies().isEmpty();
    }

    /** Whether it fetched what belongs to a page: a picture, a font, a script. */
    boolean isAsset() {
        return isSafe()
                && response.cookies().isEmpty()
                && !isDocument()
                && (ASSETS.contains(resourceType)
                        || ASSET_TYPE.matcher(response.mediaType()).matches()
                        || url.filter(address ->
                                        ASSET_PATH.matcher(address.path()).matches())
                                .isPresent());
    }

    /** Whether an asset may as well be what a user has uploaded. */
    boolean isMedia() {
        return resourceType.equals("image")
                || resourceType.equals("media")
                || MEDIA_TYPE.matcher(response.mediaType()).matches();
    }

    /** Whether nothing in its path says that it is a file: an application makes it. */
    boolean isMade() {
        return url.filter(address -> !ASSET_PATH.matcher(address.path()).matches())
                .isPresent();
    }

    boolean isPreflight() {
        return method.equals("OPTIONS")
                && header("Access-Control-Request-Method").isPresent();
    }

    boolean isWebSocket() {
        return resourceType.equals("websocket")
                || response.status() == 101
                || url.filter(HarUrl::isWebSocket).isPresent()
                || header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
    }

    boolean isEventStream() {
        return resourceType.equals("eventsource") || response.mediaType().equals("text/event-stream");
    }

    /** Whether it brought a file to the application. */
    boolean isUpload() {
        return body.filter(content -> content.mediaType().startsWith("multipart/")
                        || MEDIA_TYPE.matcher(content.mediaType()).matches()
                        || content.mediaType().equals("application/octet-stream"))
                .isPresent();
    }
}
