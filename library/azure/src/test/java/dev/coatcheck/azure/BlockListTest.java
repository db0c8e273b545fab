package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class BlockListTest {
    @Test
    void blocks_have_ids_of_their_own_and_of_one_length_whatever_digits_the_language_has() {
        var before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa"));
        try {
            assertThat("%d".formatted(1)).as("digits of this language").isNotEqualTo("1");
            var blocks = new BlockList();
            var ids = new ArrayList<String>();
            for (int i = 0; i < 12; i++) {
                ids.add(new String(Base64.getDecoder().decode(blocks.add()), StandardCharsets.US_ASCII));
            }

            assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f-]{36}-[0-9]{6}"));
        } finally {
            Locale.setDefault(before);
        }
    }
}
