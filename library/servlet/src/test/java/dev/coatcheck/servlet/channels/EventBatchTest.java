package dev.coatcheck.servlet.channels;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventBatchTest {
    private final EventBatch batch = new EventBatch();

    @Test
    void it_gives_out_everything_once_and_in_order() {
        batch.add("a".getBytes(US_ASCII));
        batch.add("b".getBytes(US_ASCII));

        assertThat(batch.take()).asString(US_ASCII).isEqualTo("ab");
        batch.add("c".getBytes(US_ASCII));
        assertThat(batch.take()).asString(US_ASCII).isEqualTo("c");
        assertThat(batch.size()).isZero();
    }

    @Test
    void it_gives_out_a_burst_whole_and_what_comes_after_it() {
        for (int i = 0; i < 36; i++) {
            batch.add(new byte[1 << 10]);
        }

        assertThat(batch.take()).hasSize(36 << 10);
        batch.add("after".getBytes(US_ASCII));
        assertThat(batch.take()).asString(US_ASCII).isEqualTo("after");
    }
}
