package dev.coatcheck.formation.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Event.Stream;
import dev.coatcheck.formation.router.Access;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventFormatTest {
    private static final Instant AT = Instant.parse("2026-11-21T03:04:05.678Z");

    private final EventFormat json = new JsonLines();
    private final EventFormat readable = new ReadableLines(ZoneOffset.UTC, false);

    @Test
    void every_event_is_one_json_object_a_line() {
        Event lifecycle = new Event.Lifecycle(
                AT, Kind.INSTANCE_READY, Optional.of("web.1"), Level.WARNING, "two\nlines", Map.of("pid", 17L));
        assertThat(parse(lifecycle)).isEqualTo(JsonMapper.shared().readTree("""
                {"time": "2026-11-21T03:04:05.678Z", "event": "lifecycle", "kind": "instance-ready", "instance": "web.1",
                 "level": "warning", "message": "two\\nlines", "pid": 17}"""));
        assertThat(parse(request("/me", 200, 1))).isEqualTo(JsonMapper.shared().readTree("""
                {"time": "2026-11-21T03:04:05.678Z", "event": "access", "method": "GET", "path": "/me", "status": 200,
                 "ms": 3.141, "bytes": 18, "instance": "web.2", "request_id": "r1", "attempts": 1,
                 "bytes_received": 7, "client": "192.0.2.1", "protocol": "HTTP/2.0", "complete": true}"""));
        assertThat(parse(output("\u001b[31m\"ä\" {}")))
                .isEqualTo(JsonMapper.shared().readTree("""
                {"time": "2026-11-21T03:04:05.678Z", "event": "app", "instance": "web.1", "stream": "stderr",
                 "line": "\\u001b[31m\\"ä\\" {}"}"""));
    }

    @Test
    void readable_lines_align_who_speaks() {
        assertThat(readable.format(output("hello"))).isEqualTo("03:04:05 web.1     | hello\n");
        assertThat(readable.format(request("/me", 200, 1))).isEqualTo("03:04:05 router    | GET /me 200 3 ms  web.2\n");
        assertThat(readable.format(request("/a\u001b[2J", 502, 3)))
                .isEqualTo("03:04:05 router    | GET /a\\x1b[2J 502 3 ms  web.2, asked 3 times\n");
        assertThat(readable.format(output(
                        "{\"level\":\"INFO\",\"message\":\"of \\u001b[2J\\nme\",\"error\":\"e\\n\\tat \\u001b\"}")))
                .isEqualTo("03:04:05 web.1     | of \\x1b[2J\\x0ame\n    e\n        at \\x1b\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"level":"info","message":"ready","time":"…"}             | ready
            {"level":"WARN","msg":"slow","ms":17,"user":"ada"}        | WARN slow ms=17 user=ada
            {"severity":"ERROR","message":"no","error":"a\\n  at b"}  | ERROR no\\n    a\\n      at b
            {"message":"without a level"}                             | {"message":"without a level"}
            {not json                                                 | {not json
            plain                                                     | plain
            {"level":1,"message":{}}                                  | {"level":1,"message":{}}
            """)
    void a_json_log_event_of_the_application_is_made_readable(String line, String shown) {
        assertThat(readable.format(output(line)))
                .isEqualTo("03:04:05 web.1     | " + shown.replace("\\n", "\n") + "\n");
    }

    private JsonNode parse(Event event) {
        String line = json.format(event);
        assertThat(line).endsWith("\n").containsOnlyOnce("\n");
        return JsonMapper.shared().readTree(line);
    }

    private static Event request(String path, int status, int attempts) {
        return new Event.Request(new Access(
                AT,
                "GET",
                path,
                status,
                Duration.ofNanos(3_141_590),
                Optional.of("web.2"),
                "r1",
                7,
                18,
                attempts,
                "192.0.2.1",
                "HTTP/2.0",
                true));
    }

    private static Event output(String line) {
        return new Event.Output(AT, "web.1", Stream.STDERR, line);
    }
}
