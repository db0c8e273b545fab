package dev.coatcheck.formation.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecentLinesTest {
    private final RecentLines recent = new RecentLines();

    @Test
    void the_frames_of_a_trace_do_not_push_out_what_went_wrong() {
        recent.add("Error: Cannot find module 'missing'");
        for (int i = 0; i < 50; i++) {
            recent.add("    at Function.load (node:internal/modules:" + i + ")");
        }
        recent.add("  code: 'MODULE_NOT_FOUND'");
        recent.add("");

        assertThat(recent.lines()).containsExactly("Error: Cannot find module 'missing'", "  code: 'MODULE_NOT_FOUND'");
    }

    @Test
    void of_many_lines_the_last_are_shown() {
        for (int i = 0; i < 200; i++) {
            recent.add("line " + i);
        }
        assertThat(recent.lines()).hasSize(12).last().isEqualTo("line 199");
    }

    @Test
    void what_came_since_is_told_by_the_lines_at_the_margin() {
        recent.add("listening");
        long before = recent.written();
        List.of(
                        "Traceback (most recent call last):",
                        "  File \"app.py\", line 3, in login",
                        "    raise KeyError",
                        "KeyError: 3")
                .forEach(recent::add);

        assertThat(recent.since(before)).containsExactly("Traceback (most recent call last):", "KeyError: 3");
        assertThat(recent.since(recent.written())).isEmpty();
    }
}
