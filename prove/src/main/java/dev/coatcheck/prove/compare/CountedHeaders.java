package dev.coatcheck.prove.compare;

import java.util.Locale;
import java.util.Set;

/**
 * Which headers of a response are compared: all but those that speak of the transport, of caches, of tracing or of the
 * moment. The headers of rate limits count: a limit that multiplies with the instances shows there first.
 */
final class CountedHeaders {
    private static final Set<String> NOT_COUNTED = Set.of(
            // transport; the body is compared itself
            "connection",
            "keep-alive",
            "transfer-encoding",
            "content-length",
            "content-encoding",
            "trailer",
            "upgrade",
            "via",
            "alt-svc",
            "server",
            // caches
            "age",
            "date",
            "etag",
            "expires",
            "last-modified",
            "x-cache",
            "x-cache-hits",
            "x-cache-status",
            "cache-status",
            "cdn-cache-status",
            "x-proxy-cache",
            "x-rack-cache",
            "x-symfony-cache",
            "x-drupal-cache",
            "x-litespeed-cache",
            "cf-cache-status",
            "x-varnish",
            "x-served-by",
            "x-timer",
            // tracing, and who answered how fast
            "request-id",
            "x-request-id",
            "correlation-id",
            "x-correlation-id",
            "traceparent",
            "tracestate",
            "trace-id",
            "x-trace-id",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-sampled",
            "b3",
            "sentry-trace",
            "baggage",
            "x-amzn-requestid",
            "x-amzn-trace-id",
            "x-cloud-trace-context",
            "x-datadog-trace-id",
            "x-runtime",
            "x-response-time",
            "server-timing",
            "x-coatcheck-instance",
            "x-process-time",
            // compared by themselves, by their names
            "set-cookie");

    private CountedHeaders() {}

    static boolean contain(String name) {
        return !NOT_COUNTED.contains(name.toLowerCase(Locale.ROOT));
    }
}
