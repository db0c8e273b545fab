package dev.coatcheck.gallery.photos;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.gallery.http.ApiException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotsTest {
    @Test
    void no_more_than_so_many_are_taken_at_once() {
        var slots = new Slots(2, Duration.ofMillis(10));
        slots.take();
        slots.take();

        assertThatThrownBy(slots::take).isInstanceOf(ApiException.class);

        slots.giveBack();
        assertThatCode(slots::take).doesNotThrowAnyException();
    }
}
