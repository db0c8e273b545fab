package dev.coatcheck.state.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangesTest {

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "\ud83e", "\udde5", "\udde5\ud83e", "a\ud83ea", "\ud83e\ud83e\udde5"})
    void text_that_some_store_would_not_keep_as_it_is_is_refused(String text) {
        var none = Changes.none();

        assertThatThrownBy(() -> none.put(text, "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> none.put("a", text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> none.remove(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> none.user(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> none.label(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whole_surrogate_pairs_are_text() {
        assertThat(Changes.none().put("🧥", "🧥🧥").attributes()).containsOnlyKeys("🧥");
    }

    @Test
    void a_later_change_of_an_attribute_replaces_an_earlier_one() {
        assertThat(Changes.none().put("a", "1").remove("a"))
                .isEqualTo(Changes.none().remove("a"));
    }

    @Test
    void an_idle_time_out_that_is_not_positive_is_refused() {
        assertThatThrownBy(() -> Changes.none().idleTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
