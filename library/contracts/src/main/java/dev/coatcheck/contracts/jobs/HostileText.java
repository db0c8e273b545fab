package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever text comes in as a queue, a payload or a key comes out again, and means nothing else to the store. */
interface HostileText extends JobsUnderTest {

    static Stream<String> hostileTexts() {
        return Stream.of(
                " ",
                "\n",
                "'; DROP TABLE jobs; --",
                "\"quoted\" and 'quoted' and \\backslashed\\",
                "{\"v\":\"\\u0000\"}",
                "%s %d ${jndi:ldap://x} {0} ? $1 $$",
                "a,b{c}[d]",
                "NULL",
                "null",
                "*",
                "\u0001\u001b[31m\u007f",
                "é ß 漢字 🧥 \u202e \u200b \ufeff",
                "\uffff\ud83e\udde5",
                "x".repeat(NewJob.MAX_NAME_BYTES));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    default void any_text_is_a_queue_a_payload_and_a_key(String text) throws Exception {
        var jobs = jobs();
        var job = NewJob.of(text, text).withUniqueKey(text).withRetry(Retry.never());
        var id = JobsUnderTest.enqueue(jobs, job);
        jobs.enqueue(NewJob.of(QUEUE, "neighbour").withUniqueKey(text));

        assertThat(jobs.enqueue(job)).isEqualTo(new Duplicate(id));
        assertThat(jobs.depths()).containsOnlyKeys(text, QUEUE);
        jobs.awaitWork(Set.of(text), Duration.ofMillis(1));
        var claimed = jobs.claim(Set.of(text), 10, LONG);
        assertThat(claimed).hasSize(1);
        assertThat(claimed.get(0).queue()).isEqualTo(text);
        assertThat(claimed.get(0).payload()).isEqualTo(text);
        jobs.fail(claimed.get(0), text);
        assertThat(find(jobs, id).lastError()).contains(text);
        assertThat(jobs.list(text, JobState.DEAD, 10)).extracting(StoredJob::id).containsExactly(id);
    }

    @Test
    default void a_payload_may_have_64_KiB_and_no_more() {
        var jobs = jobs();
        var largest = "ß".repeat(NewJob.MAX_PAYLOAD_BYTES / 2);
        var id = JobsUnderTest.enqueue(jobs, largest);

        assertThat(find(jobs, id).payload()).isEqualTo(largest);
        assertThatThrownBy(() -> NewJob.of(QUEUE, largest + "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65537")
                .hasMessageContaining("blob");
    }

    @Test
    default void text_that_some_store_would_refuse_is_refused_by_name_and_not_repeated() {
        assertThatThrownBy(() -> NewJob.of(QUEUE, "secret\u0000"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("payload")
                .hasMessageContaining("U+0000")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> NewJob.of(QUEUE, "").withUniqueKey("\ud83e"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+D83E");
        assertThatThrownBy(() -> NewJob.of("x".repeat(NewJob.MAX_NAME_BYTES + 1), ""))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
