package dev.coatcheck.formation.router;

import java.util.Locale;
import java.util.Map;

/**
 * What a {@link Router} has done since it began, and is doing. The numbers are read one after another while requests go
 * on, so they need not add up to the last one.
 *
 * <pre>{@code
 * String page = router.metrics().toPrometheus();
 * }</pre>
 *
 * @param requests how many have been answered, by instance and status class ({@code "2xx"}); those that no instance
 *     was asked to answer under an empty name. A WebSocket counts once, as {@code "1xx"}; a client that left, as
 *     {@code "4xx"}
 * @param inFlight requests under way, those that are held among them
 * @param held requests that wait at this moment
 * @param heldTotal how often a request had to wait
 * @param retries how often a request was sent to another instance, or again
 * @param ejections how often an instance was taken out because it kept failing
 * @param incomplete responses that were not sent whole, also because the client left before there was one
 * @param tunnels WebSockets at this moment
 * @param tunnelsTotal WebSockets since the beginning
 * @param bytesReceived of request bodies, and through WebSockets from clients
 * @param bytesSent of response bodies, and through WebSockets to clients
 */
public record RouterMetrics(
        Map<String, Map<String, Long>> requests,
        long inFlight,
        int held,
        long heldTotal,
        long retries,
        long ejections,
        long incomplete,
        long tunnels,
        long tunnelsTotal,
        long bytesReceived,
        long bytesSent) {

    public RouterMetrics {
        requests = Map.copyOf(requests);
    }

    /** In the text format that Prometheus reads, version 0.0.4; ends with a line feed. */
    public String toPrometheus() {
        StringBuilder page = new StringBuilder();
        type(page, "requests_total", "counter");
        requests.forEach((instance, counts) -> counts.forEach((status, count) -> page.append(String.format(
                Locale.ROOT,
                "coatcheck_router_requests_total{instance=\"%s\",status=\"%s\"} %d\n",
                escaped(instance),
                status,
                count))));
        metric(page, "requests_in_flight", "gauge", inFlight);
        metric(page, "requests_held", "gauge", held);
        metric(page, "requests_held_total", "counter", heldTotal);
        metric(page, "retries_total", "counter", retries);
        metric(page, "ejections_total", "counter", ejections);
        metric(page, "responses_incomplete_total", "counter", incomplete);
        metric(page, "websockets", "gauge", tunnels);
        metric(page, "websockets_total", "counter", tunnelsTotal);
        metric(page, "received_bytes_total", "counter", bytesReceived);
        metric(page, "sent_bytes_total", "counter", bytesSent);
        return page.toString();
    }

    private static void metric(StringBuilder page, String name, String type, long value) {
        type(page, name, type);
        page.append("coatcheck_router_").append(name).append(' ').append(value).append('\n');
    }

    private static void type(StringBuilder page, String name, String type) {
        page.append("# TYPE coatcheck_router_")
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
