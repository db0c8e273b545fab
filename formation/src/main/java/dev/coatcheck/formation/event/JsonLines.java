package dev.coatcheck.formation.event;

import dev.coatcheck.formation.router.Access;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON object a line. {@code time} and {@code event} are always there; {@code event} says which fields follow:
 *
 * <pre>
 * {"time":"…","event":"lifecycle","kind":"instance-ready","instance":"web.1","level":"info","message":"…","pid":17,…}
 * {"time":"…","event":"access","method":"GET","path":"/me","status":200,"ms":3.1,"bytes":18,"instance":"web.2",
 *  "request_id":"…","attempts":1,"bytes_received":0,"client":"127.0.0.1","protocol":"HTTP/1.1","complete":true}
 * {"time":"…","event":"app","instance":"web.1","stream":"stdout","line":"…"}
 * </pre>
 */
public final class JsonLines implements EventFormat {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public String format(Event event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", event.at().toString());
        switch (event) {
            case Event.Lifecycle lifecycle -> lifecycle(fields, lifecycle);
            case Event.Request request -> access(fields, request.access());
            case Event.Output output -> {
                fields.put("event", "app");
                fields.put("instance", output.instance());
                fields.put("stream", output.stream().name().toLowerCase(Locale.ROOT));
                fields.put("line", output.line());
            }
            case Event.Banner _ -> {
                return "";
            }
        }
        return JSON.writeValueAsString(fields) + "\n";
    }

    private static void lifecycle(Map<String, Object> fields, Event.Lifecycle lifecycle) {
        fields.put("event", "lifecycle");
        fields.put("kind", lifecycle.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        lifecycle
                .subject()
                .ifPresent(subject -> fields.put(isOfService(lifecycle.kind()) ? "service" : "instance", subject));
        fields.put("level", lifecycle.level().name().toLowerCase(Locale.ROOT));
        fields.put("message", lifecycle.message());
        fields.putAll(lifecycle.details());
    }

    private static boolean isOfService(Event.Kind kind) {
        return kind == Event.Kind.SERVICE_READY || kind == Event.Kind.SERVICE_EXITED;
    }

    private static void access(Map<String, Object> fields, Access access) {
        fields.put("event", "access");
        fields.put("method", access.method());
        fields.put("path", access.path());
        fields.put("status", access.status());
        fields.put("ms", TimeUnit.NANOSECONDS.toMicros(access.took().toNanos()) / 1e3);
        fields.put("bytes", access.bytesSent());
        access.instance().ifPresent(instance -> fields.put("instance", instance));
        fields.put("request_id", access.requestId());
        fields.put("attempts", access.attempts());
        fields.put("bytes_received", access.bytesReceived());
        fields.put("client", access.client());
        fields.put("protocol", access.protocol());
        fields.put("complete", access.complete());
    }
}
