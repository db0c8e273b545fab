package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

/** A body whose bytes come from nowhere, with a source that notes what it is told. */
class AnswerContentTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Source source = new Source();
    private final AnswerContent content = new AnswerContent(PATIENCE);

    private static final class Source implements Subscription {
        private long requested;
        private boolean isCancelled;

        @Override
        public void request(long pieces) {
            requested += pieces;
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }

    @Test
    void a_body_that_is_closed_before_its_bytes_can_come_ends_their_source_when_there_is_one() {
        content.close();
        content.onSubscribe(source);

        assertThat(source.isCancelled).isTrue();
        assertThat(source.requested).isZero();
    }

    @Test
    void a_body_that_is_closed_while_its_bytes_come_ends_their_source() {
        content.onSubscribe(source);
        content.close();

        assertThat(source.requested).isEqualTo(1);
        assertThat(source.isCancelled).isTrue();
        assertThatThrownBy(content::read).isInstanceOf(IOException.class);
    }

    @Test
    void a_body_that_comes_in_drops_is_not_waited_for_beyond_its_deadline() throws IOException {
        content.onSubscribe(source);
        content.until(System.nanoTime() + Duration.ofMillis(20).toNanos());
        content.onNext(List.of(ByteBuffer.wrap(new byte[] {7})));

        assertThat(content.read()).isEqualTo(7);
        assertThatThrownBy(content::read).isInstanceOf(IOException.class).hasMessageContaining("in time");
        assertThat(source.isCancelled).isTrue();
    }

    @Test
    void a_rest_that_does_not_come_soon_is_given_up_with_its_connection() {
        content.onSubscribe(source);
        long begun = System.nanoTime();

        content.end();

        assertThat(source.isCancelled).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE.dividedBy(10));
    }
}
