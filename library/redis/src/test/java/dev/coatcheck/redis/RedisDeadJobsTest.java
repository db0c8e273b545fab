package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How jobs that have been dead for too long go: a bounded number at each claim, whoever claims what. */
class RedisDeadJobsTest {
    private static final String KEYS = "coatcheck:{coatcheck:jobs}:";
    private static final Set<String> SERVED = Set.of("served");
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration A_MONTH = Duration.ofDays(30);

    /** How many jobs, and the dead of how many queues, a claim looks at. */
    private static final int MOST_AT_A_CLAIM = 100;

    private static final int MOST_QUEUES_AT_A_CLAIM = 10;

    /** A record that says of its job that it is dead, and no more. */
    private static final byte[] DEAD_AND_NO_MORE = HexFormat.of().parseHex("81a5737461746502");

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private final Jobs jobs = store.redis().jobs();

    @Test
    void they_stay_for_a_month_and_then_go_some_at_each_claim() {
        kill("left behind", 250);
        age(A_MONTH.minusHours(1));
        claimSome(3);
        assertThat(dead()).isEqualTo(250);

        age(Duration.ofHours(1));

        for (int claim = 0; claim < 20 && dead() > 0; claim++) {
            long before = dead();
            claimSome(1);
            assertThat(before - dead()).isBetween(0L, (long) MOST_AT_A_CLAIM);
        }
        assertThat(store.besides().keys("*")).isEmpty();
    }

    @Test
    void those_of_many_queues_take_turns_so_that_none_is_left() {
        var queues = IntStream.range(0, 2 * MOST_QUEUES_AT_A_CLAIM + 5)
                .mapToObj("queue %02d"::formatted)
                .toList();
        queues.forEach(queue -> kill(queue, 1));
        age(A_MONTH);

        claimSome(1);
        assertThat(dead()).isEqualTo(queues.size() - MOST_QUEUES_AT_A_CLAIM);
        claimSome(2);
        assertThat(dead()).isZero();
    }

    @Test
    void a_queue_in_which_many_die_holds_up_no_other() {
        kill("a", 3 * MOST_AT_A_CLAIM);
        kill("b", 1);
        age(A_MONTH);

        claimSome(2);

        assertThat(jobs.depths().keySet()).containsExactly("a");
    }

    @Test
    void what_cannot_be_read_of_them_holds_up_no_claim() {
        for (var queue : List.of("a", "b", "c")) {
            kill(queue, 60);
        }
        age(A_MONTH);
        var ids = List.copyOf(store.besides().hgetall(KEYS + "records").keySet());
        ids.subList(0, 10).forEach(id -> store.besides().hset(KEYS + "records", id, "no record"));
        ids.subList(10, 20).forEach(id -> store.put(KEYS + "records", id, DEAD_AND_NO_MORE));

        claimSome(5);

        assertThat(store.besides().keys("*")).isEmpty();
    }

    private void kill(String queue, int count) {
        jobs.enqueueAll(Collections.nCopies(count, NewJob.of(queue, "{}").withRetry(Retry.never())));
        jobs.claim(Set.of(queue), count, LONG).forEach(job -> jobs.fail(job, "boom"));
    }

    private void claimSome(int claims) {
        for (int i = 0; i < claims; i++) {
            assertThat(jobs.claim(SERVED, 1, LONG)).isEmpty();
        }
    }

    private long dead() {
        return store.besides().zcard(KEYS + "dead");
    }

    /** As if so much more time had gone by since they died. */
    private void age(Duration time) {
        var keys = new String[] {KEYS + "dead", KEYS + "records"};
        store.besides().eval("""
                        for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
                          local id = string.sub(member, -36)
                          local job = cmsgpack.unpack(redis.call('HGET', KEYS[2], id))
                          job.due = job.due - tonumber(ARGV[1])
                          redis.call('HSET', KEYS[2], id, cmsgpack.pack(job))
                          redis.call('ZREM', KEYS[1], member)
                          local died = string.sub(member, 1, -54) .. string.format('%016.0f', job.due)
                          redis.call('ZADD', KEYS[1], 0, died .. string.sub(member, -37))
                        end
                        return redis.status_reply('OK')
                        """, ScriptOutputType.STATUS, keys, Long.toString(time.toMillis() * 1_000));
    }
}
