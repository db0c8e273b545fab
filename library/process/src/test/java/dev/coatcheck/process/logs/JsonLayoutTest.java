package dev.coatcheck.process.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.coatcheck.process.config.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLayoutTest {
    private final LoggerContext context = new LoggerContext();

    {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private LoggingEvent event(String message, @Nullable Throwable thrown, Object... arguments) {
        var event = new LoggingEvent(
                "caller", context.getLogger("dev.coatcheck.Photos"), Level.INFO, message, thrown, arguments);
        event.setInstant(Instant.parse("2026-11-21T09:30:00.125999Z"));
        return event;
    }

    private LoggingEvent event(String message) {
        return event(message, null);
    }

    private static String line(LoggingEvent event) {
        var line = new JsonLayout("web.2").doLayout(event);
        assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(JsonLayout.LINE_LIMIT);
        assertThat(line).endsWith("}\n").matches("[^\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]+\n");
        return line;
    }

    private static JsonNode json(LoggingEvent event) {
        return JsonMapper.shared().readTree(line(event));
    }

    @Test
    void an_event_is_one_object_in_one_line() {
        var event = event("Stored {}", null, "a photo");
        event.setMDCPropertyMap(Map.of(Logs.REQUEST_ID, "r-1"));
        event.setKeyValuePairs(List.of(new KeyValuePair("photo", "p\"1\""), new KeyValuePair("millis", 12L)));

        assertThat(line(event)).isEqualTo("""
                {"time":"2026-11-21T09:30:00.125Z","level":"INFO","logger":"dev.coatcheck.Photos",\
                "message":"Stored a photo","instance":"web.2","requestId":"r-1","photo":"p\\"1\\"","millis":12}
                """);
    }

    @Test
    void key_values_keep_their_types_and_secrets_stay_secret() {
        var event = event("x");
        event.setKeyValuePairs(new ArrayList<>(List.of(
                new KeyValuePair("yes", true),
                new KeyValuePair("half", 0.5),
                new KeyValuePair("none", Double.NaN),
                new KeyValuePair("nothing", null),
                new KeyValuePair("key", Secret.of("hunter2")),
                new KeyValuePair("broken", new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("broken");
                    }
                }))));

        assertThat(line(event))
                .contains(
                        "\"yes\":true,\"half\":0.5,\"none\":\"NaN\",\"nothing\":null,\"key\":\"***\",\"broken\":\"(toString");
    }

    @Test
    void a_field_cannot_pass_for_one_of_ours_and_appears_once() {
        var event = event("x");
        event.setMDCPropertyMap(Map.of("level", "FORGED", "photo", "from the MDC"));
        event.setKeyValuePairs(List.of(new KeyValuePair("photo", "from the event")));

        assertThat(line(event))
                .contains("\"level\":\"INFO\"", "\"level_\":\"FORGED\"", "\"photo\":\"from the event\"")
                .doesNotContain("from the MDC");
    }

    @Test
    void an_exception_is_its_whole_stack_trace_as_one_text() {
        var error = json(event("x", new IllegalStateException("outer", new RuntimeException("inner\nline"))))
                .get("error")
                .asString();

        assertThat(error)
                .startsWith("java.lang.IllegalStateException: outer")
                .contains("JsonLayoutTest.java")
                .contains("Caused by: java.lang.RuntimeException: inner\nline");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines\r\n",
                "\u001b[2J\u009b2J\u007f\0",
                "\u2028\u2029\u0085",
                "\"}\n{\"level\":\"ERROR",
                "🦊 ü \\"
            })
    void no_message_breaks_out_of_its_line(String message) {
        assertThat(json(event(message)).get("message").asString()).isEqualTo(message);
    }

    @Test
    void half_of_a_surrogate_pair_is_replaced() {
        assertThat(json(event("\ud800 lone \udc00")).get("message").asString()).isEqualTo("\ufffd lone \ufffd");
    }

    @Test
    void what_is_too_long_is_cut_in_its_middle_and_says_so() {
        var event = event("start" + "\u001b".repeat(50_000) + "end", deep(new RuntimeException("root cause"), 60));
        event.setKeyValuePairs(new ArrayList<>());
        for (int i = 0; i < 100; i++) {
            event.getKeyValuePairs().add(new KeyValuePair("key" + i, "ü".repeat(5_000)));
        }

        var json = json(event);

        assertThat(json.get("message").asString())
                .startsWith("start\u001b")
                .endsWith("\u001bend")
                .contains(" more]…");
        assertThat(json.get("key0").asString()).contains(" more]…");
        assertThat(json.get("error").asString())
                .startsWith("java.lang.RuntimeException: level 60")
                .contains("Caused by: java.lang.RuntimeException: root cause")
                .contains(" more]…");
    }

    private static Throwable deep(Throwable cause, int levels) {
        var failure = cause;
        for (int i = 1; i <= levels; i++) {
            failure = new RuntimeException("level " + i, failure);
        }
        return failure;
    }

    @Test
    void random_texts_of_any_length_give_one_valid_line_within_the_limit() {
        var random = new Random(7);
        for (int i = 0; i < 300; i++) {
            var text = random.ints(random.nextInt(12_000), 0, 0x110000)
                    .map(codePoint -> random.nextBoolean() ? codePoint % 0x180 : codePoint)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            var event = event(text);
            event.setKeyValuePairs(List.of(new KeyValuePair(text, text), new KeyValuePair("b", text)));
            assertThat(json(event).get("instance").asString()).isEqualTo("web.2");
        }
    }

    @Test
    void the_cut_text_is_never_longer_than_it_may_be() {
        for (int most = Escaped.SHORTEST_CUT; most < 200; most++) {
            for (var unit : List.of("a", "ü", "€", "🦊", "\u001b", "\"")) {
                for (var count : List.of(1, 10, 31, 33, 50, 1_000)) {
                    var cut = Escaped.cut(unit.repeat(count), most);
                    assertThat(Escaped.length(cut))
                            .as("%s × %s in %s", unit, count, most)
                            .isLessThanOrEqualTo(most);
                }
            }
        }
    }
}
