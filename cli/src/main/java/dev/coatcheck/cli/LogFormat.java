package dev.coatcheck.cli;

import dev.coatcheck.formation.event.EventFormat;
import dev.coatcheck.formation.event.JsonLines;
import dev.coatcheck.formation.event.ReadableLines;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** How events are shown. */
enum LogFormat {
    PRETTY,
    JSON;

    /** What was asked for, else what suits whoever reads standard output. */
    static LogFormat orDefault(@Nullable LogFormat asked) {
        if (asked != null) {
            return asked;
        }
        return Terminal.isStandardOutput() ? PRETTY : JSON;
    }

    boolean isColoured() {
        return this == PRETTY && Terminal.isStandardOutput() && Terminal.wantsColours();
    }

    EventFormat events() {
        return switch (this) {
            case PRETTY -> new ReadableLines(ZoneId.systemDefault(), isColoured());
            case JSON -> new JsonLines();
        };
    }
}
