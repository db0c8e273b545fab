package dev.coatcheck.state.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlobDescriptionTest {
    private static final int ROOM = 2_048;

    @Test
    void what_was_written_is_read_whatever_the_text() {
        var description = new BlobDescription(
                Optional.of("ab12"), Map.of("name", "Müller & =%🧥\n.jpg", "", "", "UPPER", " a  b ", "&=", "=&"));

        var written = description.toText(ROOM);

        assertThat(written).isPrintable().isASCII().doesNotContain(" ");
        assertThat(BlobDescription.of(Map.of("coatcheck", written))).isEqualTo(description);
    }

    @Test
    void a_checksum_that_was_not_known_is_none() {
        var description = new BlobDescription(Optional.empty(), Map.of());
        assertThat(BlobDescription.of(Map.of("coatcheck", description.toText(ROOM))))
                .isEqualTo(description);
    }

    @Test
    void the_form_of_the_first_release_is_read_for_ever() {
        assertThat(BlobDescription.of(Map.of("coatcheck", "1&ab12&name=M%C3%BCller+1&x=")))
                .isEqualTo(new BlobDescription(Optional.of("ab12"), Map.of("name", "Müller 1", "x", "")));
    }

    @Test
    void of_what_a_later_release_or_somebody_else_wrote_the_object_is_read_all_the_same() {
        assertThat(BlobDescription.of(Map.of("coatcheck", "2&whatever")))
                .isEqualTo(new BlobDescription(Optional.empty(), Map.of()));
        assertThat(BlobDescription.of(Map.of("owner", "ada")))
                .isEqualTo(new BlobDescription(Optional.empty(), Map.of("owner", "ada")));
        assertThat(BlobDescription.of(Map.of("coatcheck", "1&&a=%zz")))
                .isEqualTo(new BlobDescription(Optional.empty(), Map.of()));
    }

    @Test
    void a_proxy_may_write_names_with_capitals() {
        assertThat(BlobDescription.of(Map.of("Coatcheck", "1&ab12&x=")))
                .isEqualTo(new BlobDescription(Optional.of("ab12"), Map.of("x", "")));
        assertThat(BlobDescription.of(Map.of("Owner", "ada")).metadata()).containsExactly(Map.entry("owner", "ada"));
    }

    @Test
    void what_the_store_has_no_room_for_is_refused() {
        var description = new BlobDescription(Optional.empty(), Map.of("name", "ü".repeat(400)));

        assertThatThrownBy(() -> description.toText(ROOM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2039");
    }
}
