package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescriptionTest {
    @Test
    void what_was_written_is_read_whatever_the_text() {
        var description = new Description(
                Optional.of("ab12"), Map.of("name", "Müller & =%🧥\n.jpg", "", "", "UPPER", " a  b ", "&=", "=&"));

        var written = description.toUserMetadata();

        assertThat(written.get("coatcheck")).isPrintable().isASCII().doesNotContain(" ");
        assertThat(Description.of(written)).isEqualTo(description);
    }

    @Test
    void a_checksum_that_was_not_known_is_none() {
        var description = new Description(Optional.empty(), Map.of());
        assertThat(Description.of(description.toUserMetadata())).isEqualTo(description);
    }

    @Test
    void the_form_of_the_first_release_is_read_for_ever() {
        assertThat(Description.of(Map.of("coatcheck", "1&ab12&name=M%C3%BCller+1&x=")))
                .isEqualTo(new Description(Optional.of("ab12"), Map.of("name", "Müller 1", "x", "")));
    }

    @Test
    void of_what_a_later_release_or_somebody_else_wrote_the_object_is_read_all_the_same() {
        assertThat(Description.of(Map.of("coatcheck", "2&whatever")))
                .isEqualTo(new Description(Optional.empty(), Map.of()));
        assertThat(Description.of(Map.of("owner", "ada")))
                .isEqualTo(new Description(Optional.empty(), Map.of("owner", "ada")));
        assertThat(Description.of(Map.of("coatcheck", "1&&a=%zz")))
                .isEqualTo(new Description(Optional.empty(), Map.of()));
    }

    @Test
    void a_proxy_may_write_names_with_capitals() {
        assertThat(Description.of(Map.of("Coatcheck", "1&ab12&x=")))
                .isEqualTo(new Description(Optional.of("ab12"), Map.of("x", "")));
        assertThat(Description.of(Map.of("Owner", "ada")).metadata()).containsExactly(Map.entry("owner", "ada"));
    }

    @Test
    void what_the_store_has_no_room_for_is_refused() {
        var description = new Description(Optional.empty(), Map.of("name", "ü".repeat(400)));

        assertThatThrownBy(description::toUserMetadata)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2039");
    }
}
