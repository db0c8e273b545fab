package dev.coatcheck.state.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QueueShareTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final QueueShare share = new QueueShare(3, Duration.ofMinutes(1));
    private final List<CompletableFuture<String>> sent = new ArrayList<>();

    private List<Supplier<CompletableFuture<String>>> requests(int count) {
        return Stream.<Supplier<CompletableFuture<String>>>generate(() -> () -> {
                    var answer = new CompletableFuture<String>();
                    sent.add(answer);
                    return answer;
                })
                .limit(count)
                .toList();
    }

    @Test
    void a_place_is_free_when_its_request_was_answered_or_failed() throws Exception {
        assertThat(share.send(requests(3), AT_ONCE)).isEqualTo(sent);
        sent.get(0).complete("yes");
        sent.get(1).completeExceptionally(new IllegalStateException("as planned"));
        assertThat(share.taken()).isEqualTo(1);

        share.send(requests(2), AT_ONCE);
        assertThat(share.taken()).isEqualTo(3);
    }

    @Test
    void a_request_that_is_never_answered_takes_a_place_for_no_longer_than_the_longest() throws Exception {
        var brief = new QueueShare(3, Duration.ofMillis(100));
        var lost = brief.send(requests(2), AT_ONCE);

        // Each is as little as a look costs.
        long begun = System.nanoTime();
        while (brief.taken() == 2 && System.nanoTime() - begun < PATIENCE.toNanos()) {
            brief.tell(List.of());
        }

        assertThat(lost).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(brief.taken()).isZero();
    }

    @Test
    void without_places_for_all_nothing_is_sent() throws Exception {
        share.send(requests(2), AT_ONCE);

        assertThatThrownBy(() -> share.send(requests(2), AT_ONCE))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("2 requests already");
        assertThatThrownBy(() -> share.send(requests(1), Duration.ZERO)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> share.send(requests(4), AT_ONCE)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sent).hasSize(2);
    }

    @Test
    void where_a_request_cannot_be_sent_only_those_before_it_take_places() {
        var requests = new ArrayList<>(requests(2));
        requests.add(1, () -> {
            throw new OutOfMemoryError("as planned");
        });

        assertThatThrownBy(() -> share.send(requests, AT_ONCE)).isInstanceOf(OutOfMemoryError.class);
        assertThat(sent).hasSize(1);
        assertThat(share.taken()).isEqualTo(1);
        assertThatThrownBy(() -> share.tell(requests.subList(1, 3))).isInstanceOf(OutOfMemoryError.class);
        assertThat(share.taken()).isEqualTo(1);

        sent.get(0).complete("yes");
        assertThat(share.taken()).isZero();
    }

    @Test
    void what_may_be_lost_is_sent_as_far_as_there_are_places() throws Exception {
        share.send(requests(1), AT_ONCE);
        share.tell(requests(5));

        assertThat(sent).hasSize(3);
        assertThat(share.taken()).isEqualTo(3);
    }
}
