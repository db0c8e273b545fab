package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the router gives itself.
 *
 * @param status the HTTP status
 * @param error a short name for programs
 * @param message one or two sentences for people, which end with what to do; never holds anything from the request
 */
record Refusal(int status, String error, String message) {

    static final Refusal NOTHING_READY = new Refusal(
            503,
            "no-instance-ready",
            "No instance of the application became ready in time. Try again in a few seconds.");
    static final Refusal TOO_MANY_HELD = new Refusal(
            503,
            "no-instance-ready",
            "No instance of the application is ready and too many requests wait already. Try again in a few seconds.");
    static final Refusal TOO_MANY_REQUESTS = new Refusal(
            503,
            "overloaded",
            "As many requests are under way as the router takes at once. Try again in a few seconds.");
    static final Refusal PAUSED =
            new Refusal(503, "maintenance", "The application is paused for maintenance. Try again in a few seconds.");
    static final Refusal INSTANCE_FAILED = new Refusal(
            502,
            "instance-failed",
            "The instance ended before it answered. The request was not repeated, because it may have taken effect."
                    + " Check whether it did before you send it again.");
    static final Refusal INSTANCES_FAILED = new Refusal(
            502,
            "instance-failed",
            "Each instance that was asked ended before it answered. Try again, and look at the application's logs.");
    static final Refusal ENDS_INSTANCES = new Refusal(
            502,
            "instance-failed",
            "Several instances ended one after the other while they had this request, so that no further one is asked."
                    + " Look at the application's logs before you send it again.");
    static final Refusal BAD_RESPONSE = new Refusal(
            502,
            "bad-response",
            "The instance sent a response that is not well-formed HTTP. Look at the application's logs.");
    static final Refusal MALFORMED = new Refusal(400, "bad-request", "The request is not well-formed HTTP/1.1.");
    static final Refusal METHOD_NOT_PASSED_ON =
            new Refusal(501, "method-not-implemented", "This method is never passed on. Use another one.");
    static final Refusal EXPECTATION_FAILED = new Refusal(
            417, "expectation-failed", "The only expectation that can be met is 100-continue. Leave the header out.");
    static final Refusal TARGET_TOO_LONG =
            new Refusal(414, "target-too-long", "The request target is too long. Send the data in the body.");
    static final Refusal HEAD_TOO_LARGE = new Refusal(
            431, "head-too-large", "The request has too many header fields, or too large ones. Send fewer cookies.");
    static final Refusal BODY_TOO_SLOW =
            new Refusal(408, "request-timed-out", "The request body did not arrive in time. Send it again.");

    static Refusal bodyTooLarge(long limit) {
        return new Refusal(413, "body-too-large", "The request body is larger than the limit of " + limit + " bytes.");
    }

    static Refusal timedOut(Duration limit) {
        return new Refusal(
                504,
                "instance-timed-out",
                "The instance did not answer within " + limit.toMillis() / 1000.0
                        + " s. The request was not repeated, because it may still take effect.");
    }

    /** Puts itself in the place of whatever response there would have been. Returns the body to send. */
    PooledByteBuffer prepare(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.clear();
        exchange.setReasonPhrase(null);
        exchange.setStatusCode(status);
        byte[] text = describe(exchange.getRequestHeaders(), headers).getBytes(StandardCharsets.UTF_8);
        headers.put(Headers.CONTENT_LENGTH, text.length);
        return new ImmediatePooledByteBuffer(ByteBuffer.wrap(text));
    }

    /** The body: JSON, unless the client prefers text as browsers do. Sets the headers that describe it. */
    private String describe(HeaderMap requestHeaders, HeaderMap responseHeaders) {
        responseHeaders.put(Headers.CACHE_CONTROL, "no-store");
        if (status == 503) {
            responseHeaders.put(Headers.RETRY_AFTER, "5");
        }
        if (prefersText(requestHeaders.getFirst(Headers.ACCEPT))) {
            responseHeaders.put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
            return message + "\n";
        }
        responseHeaders.put(Headers.CONTENT_TYPE, "application/json");
        // Both are the constants above, without a character that JSON would want escaped.
        return "{\"error\":\"" + error + "\",\"message\":\"" + message + "\"}\n";
    }

    private static boolean prefersText(@Nullable String accept) {
        return accept != null && accept.contains("text/") && !accept.contains("json");
    }
}
