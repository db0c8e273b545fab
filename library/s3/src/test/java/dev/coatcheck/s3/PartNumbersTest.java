package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartNumbersTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1-2", "2 4 6", "1-40 42 44-50", "3-4 6-10000"})
    void what_was_written_is_read(String text) {
        assertThat(PartNumbers.parse(text).text()).isEqualTo(text);
    }

    @Test
    void ten_thousand_parts_are_few_characters() {
        var all = PartNumbers.NONE;
        for (int number : IntStream.rangeClosed(1, 5).toArray()) {
            all = all.with(number);
        }
        assertThat(all.with(7).text()).isEqualTo("1-5 7");
        assertThat(PartNumbers.parse("1-10000").numbers()).hasSize(10_000);
        assertThat(PartNumbers.parse("1-10000").text()).isEqualTo("1-10000");
    }

    @Test
    void what_lies_behind_is_left_out() {
        assertThat(PartNumbers.parse("1 3 5").first(2).numbers()).isEqualTo(List.of(1, 3));
        assertThat(PartNumbers.parse("1 3 5").first(9).text()).isEqualTo("1 3 5");
        assertThat(PartNumbers.parse("1 3 5").first(0)).isEqualTo(PartNumbers.NONE);
    }
}
