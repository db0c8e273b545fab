package dev.coatcheck.prove.location.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AlikePathsTest {
    @Test
    void elements_of_one_list_are_one_place() {
        assertThat(AlikePaths.folded(List.of(
                        "server.js: users (Array) → [9] → name",
                        "server.js: users (Array) → [8] → name",
                        "server.js: names (Array) → [8]")))
                .containsExactly("server.js: users (Array) → […] → name", "server.js: names (Array) → [8]");
    }

    @Test
    void what_lies_deeper_in_a_place_is_that_place() {
        assertThat(AlikePaths.folded(List.of("a.js: store → [\"4f1c9a…\"]", "a.js: store → [\"4f1c9a…\"] → [\"id\"]")))
                .containsExactly("a.js: store → [\"4f1c9a…\"]");
    }

    @Test
    void fields_are_places_of_their_own() {
        assertThat(AlikePaths.folded(List.of("a.js: user → name", "a.js: user → email", "a.js: user → name")))
                .containsExactly("a.js: user → name", "a.js: user → email");
    }
}
