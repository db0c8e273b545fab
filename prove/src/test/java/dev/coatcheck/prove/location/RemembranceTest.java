package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemembranceTest {
    @ParameterizedTest
    @CsvSource({
        "5, 5, REMEMBERED",
        "5, 4, REMEMBERED",
        "5, 3, UNSURE",
        "5, 2, UNSURE",
        "5, 1, NOT_REMEMBERED",
        "5, 0, NOT_REMEMBERED",
        "3, 3, REMEMBERED",
        "3, 2, UNSURE",
        "3, 1, NOT_REMEMBERED",
        "2, 2, UNSURE",
        "1, 0, UNSURE",
        "20, 16, REMEMBERED",
        "20, 15, UNSURE",
        "20, 4, NOT_REMEMBERED"
    })
    void what_is_found_nearly_each_time_is_remembered(int replays, int found, Remembrance expected) {
        assertThat(Remembrance.of(replays, found)).isEqualTo(expected);
    }

    @Test
    void more_than_there_are_cannot_be_found() {
        assertThatThrownBy(() -> Remembrance.of(3, 4)).isInstanceOf(IllegalArgumentException.class);
    }
}
