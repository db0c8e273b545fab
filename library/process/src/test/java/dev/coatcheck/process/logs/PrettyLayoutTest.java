package dev.coatcheck.process.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class PrettyLayoutTest {
    private final LoggerContext context = new LoggerContext();

    {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private String line(String message, boolean colours) {
        var event = new LoggingEvent(
                "caller",
                context.getLogger("dev.coatcheck.Photos"),
                Level.WARN,
                message,
                new RuntimeException("why"),
                null);
        event.setKeyValuePairs(List.of(new KeyValuePair("millis", 12)));
        return new PrettyLayout(colours).doLayout(event);
    }

    @Test
    void a_line_is_time_level_logger_message_and_fields_with_the_stack_trace_below() {
        assertThat(line("Slow", false)).matches("""
                (?s)\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Photos  Slow  millis=12
                    java\\.lang\\.RuntimeException: why
                      at .*
                """);
    }

    @Test
    void colours_are_only_where_they_are_wanted() {
        assertThat(line("Slow", true)).contains("\u001b[33mWARN \u001b[0m");
        assertThat(line("Slow", false)).doesNotContain("\u001b");
    }

    @Test
    void no_message_passes_for_another_line_or_steers_the_terminal() {
        assertThat(line("a\n12:00:00.000 ERROR forged\u001b[2J\u009b", false))
                .contains("a\n    12:00:00.000 ERROR forged\\u001b[2J\\u009b");
    }
}
