package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.FailResult.Dead;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to jobs on Redis. */
class RedisJobsTest {
    private static final String KEYS = "coatcheck:{coatcheck:jobs}:";
    private static final String QUEUE = "mail";
    private static final Duration LONG = Duration.ofMinutes(5);

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private final Jobs jobs = store.redis().jobs();

    @Test
    void nothing_is_left_of_jobs_that_ended() {
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(5));
        var job = NewJob.of(QUEUE, "{}").withRetry(Retry.never());
        jobs.enqueueAll(List.of(
                job.withUniqueKey("1"),
                job.withGroup("ada").withUniqueKey("2"),
                job.withGroup("ada").withPriority(-1),
                job.withPriority(7),
                job.withDelay(LONG)));
        jobs.enqueueBatch(List.of(job.withPriority(9)), job.withGroup("ada"));
        var claimed = jobs.claim(Set.of(QUEUE), 4, LONG);
        claimed.forEach(one -> jobs.report(one, "half"));
        jobs.completeAll(claimed.subList(0, 2));
        jobs.fail(claimed.get(2), "boom");
        jobs.giveBack(claimed.subList(3, 4));
        for (var state : JobState.values()) {
            jobs.list(QUEUE, state, 10).forEach(left -> jobs.cancel(left.id()));
        }
        jobs.limitGroups(QUEUE, GroupLimit.none());

        assertThat(store.besides().keys("*")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatever_is_done_the_indexes_say_what_the_jobs_say(long seed) {
        var random = new Random(seed);
        var claimed = new ArrayList<ClaimedJob>();
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> jobs.enqueue(some(random));
                case 2 -> claimed.addAll(jobs.claim(Set.of("a", "b"), 1 + random.nextInt(3), lease(random)));
                case 3 -> jobs.completeAll(take(claimed, random));
                case 4 -> take(claimed, random).forEach(job -> jobs.fail(job, "boom"));
                case 5 -> jobs.giveBack(take(claimed, random));
                case 6 -> jobs.renew(claimed, lease(random));
                default -> {
                    jobs.replayAll("a", 1);
                    jobs.list("b", random.nextBoolean() ? JobState.WAITING : JobState.DEAD, 1)
                            .forEach(job -> jobs.cancel(job.id()));
                }
            }
        }

        var depths = jobs.depths().values();
        long dead = sum(depths, QueueDepth::dead);
        long alive =
                sum(depths, QueueDepth::waiting) + sum(depths, QueueDepth::delayed) + sum(depths, QueueDepth::running);
        assertThat(dead + alive).isPositive();
        assertThat(card("turns")).isEqualTo(alive);
        assertThat(card("due")).isEqualTo(alive);
        assertThat(card("dead")).isEqualTo(dead);
        assertThat(store.besides().hlen(KEYS + "records")).isEqualTo(alive + dead);
        assertThat(card("running")).isEqualTo(listed(JobState.RUNNING));
        assertThat(alive).isEqualTo(listed(JobState.WAITING) + listed(JobState.RUNNING));
        assertThat(dead).isEqualTo(listed(JobState.DEAD));
        for (var queue : List.of("a", "b")) {
            for (var state : JobState.values()) {
                jobs.list(queue, state, Jobs.MAX_PAGE).forEach(job -> jobs.cancel(job.id()));
            }
        }
        assertThat(store.besides().keys("*")).isEmpty();
    }

    private static NewJob some(Random random) {
        var job = NewJob.of(random.nextBoolean() ? "a" : "b", "")
                .withPriority(random.nextInt(2))
                .withDelay(Duration.ofMillis(random.nextInt(3)))
                .withRetry(new Retry(1 + random.nextInt(2), Duration.ZERO, Duration.ofMillis(2)));
        job = random.nextBoolean() ? job.withGroup("group " + random.nextInt(3)) : job;
        return random.nextBoolean() ? job.withUniqueKey("key " + random.nextInt(5)) : job;
    }

    private static Duration lease(Random random) {
        return random.nextBoolean() ? LONG : Duration.ofMillis(1);
    }

    private static List<ClaimedJob> take(List<ClaimedJob> claimed, Random random) {
        return claimed.isEmpty() ? List.of() : List.of(claimed.remove(random.nextInt(claimed.size())));
    }

    private static long sum(Iterable<QueueDepth> depths, ToLongFunction<QueueDepth> part) {
        long sum = 0;
        for (var depth : depths) {
            sum += part.applyAsLong(depth);
        }
        return sum;
    }

    private long card(String index) {
        return store.besides().zcard(KEYS + index);
    }

    private long listed(JobState state) {
        return jobs.list("a", state, Jobs.MAX_PAGE).size()
                + (long) jobs.list("b", state, Jobs.MAX_PAGE).size();
    }

    @Test
    void all_keys_are_in_one_slot_of_a_cluster_and_those_of_another_prefix_in_another() {
        try (var other = Redis.attach(store.url(), TestRedis.PATIENT.withPrefix("other:"))) {
            for (var each : List.of(jobs, other.jobs())) {
                each.limitGroups(QUEUE, GroupLimit.none().withRate(5, LONG));
                each.enqueue(NewJob.of(QUEUE, "").withGroup("ada").withUniqueKey("1"));
                each.claim(Set.of(QUEUE), 1, LONG);
            }
            assertThat(jobs.depths()).isEqualTo(other.jobs().depths());
        }
        var slots = store.besides().keys("*").stream().collect(Collectors.groupingBy(SlotHash::getSlot));
        assertThat(slots).hasSize(2).allSatisfy((slot, keys) -> assertThat(keys).hasSize(9));
    }

    @Test
    void what_a_later_release_adds_to_a_job_is_kept() {
        var id = jobs.enqueue(NewJob.of(QUEUE, "").withRetry(Retry.never())).id();
        var records = new String[] {KEYS + "records"};
        store.besides().eval("""
                        local job = cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1]))
                        job.colour = 'red'
                        redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(job))
                        """, ScriptOutputType.STATUS, records, id.toString());

        var claimed = jobs.claim(Set.of(QUEUE), 1, LONG).get(0);
        jobs.renew(List.of(claimed), LONG);
        assertThat(jobs.fail(claimed, "boom")).isEqualTo(new Dead());
        assertThat(jobs.replay(id)).isTrue();

        String colour = store.besides()
                .eval(
                        "return cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1])).colour",
                        ScriptOutputType.VALUE,
                        records,
                        id.toString());
        assertThat(colour).isEqualTo("red");
    }

    @Test
    void a_server_that_is_full_enqueues_all_or_nothing_and_lets_its_jobs_be_done() {
        var retried = NewJob.of(QUEUE, "").withGroup("ada");
        jobs.limitGroups(QUEUE, GroupLimit.none().withRate(1_000, LONG));
        jobs.enqueueAll(Collections.nCopies(5, retried));
        store.besides().configSet("maxmemory", "1");
        try {
            assertThatThrownBy(() -> jobs.enqueueAll(Collections.nCopies(5, retried)))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("it is full");
            var claimed = jobs.claim(Set.of(QUEUE), 4, LONG);
            assertThat(jobs.renew(claimed, LONG)).hasSize(4);
            assertThat(jobs.report(claimed.get(0), "half")).isTrue();
            jobs.fail(claimed.get(0), "boom");
            jobs.giveBack(claimed.subList(1, 2));
            assertThat(jobs.completeAll(claimed.subList(2, 4))).hasSize(2);
            assertThat(jobs.depths().values())
                    .singleElement()
                    .satisfies(depth ->
                            assertThat(depth.waiting() + depth.delayed()).isEqualTo(3));
        } finally {
            store.besides().configSet("maxmemory", "0");
        }
    }

    @Test
    void a_claim_that_the_server_has_lost_in_a_crash_ends_nothing_once_the_job_is_claimed_again() {
        jobs.enqueue(NewJob.of(QUEUE, "{}"));
        var synced = store.besides().keys("*").stream()
                .collect(Collectors.toMap(key -> key, key -> store.besides().dump(key)));
        var lost = jobs.claim(Set.of(QUEUE), 1, LONG).get(0);
        store.besides().flushdb();
        synced.forEach((key, value) -> store.besides().restore(key, 0, value));

        var claimed = jobs.claim(Set.of(QUEUE), 1, LONG).get(0);

        assertThat(claimed.id()).isEqualTo(lost.id());
        assertThat(claimed.fence()).isGreaterThan(lost.fence());
        assertThat(jobs.complete(lost)).isFalse();
        assertThat(jobs.complete(claimed)).isTrue();
    }

    @Test
    void what_the_indexes_say_of_records_that_are_gone_stops_nobody_and_goes() {
        var once = NewJob.of(QUEUE, "").withRetry(Retry.never());
        jobs.enqueueAll(List.of(once.withPriority(3), once.withPriority(3)));
        jobs.claim(Set.of(QUEUE), 2, LONG).forEach(job -> jobs.fail(job, "boom"));
        jobs.enqueueAll(List.of(once.withPriority(2), once.withPriority(2).withGroup("ada")));
        jobs.claim(Set.of(QUEUE), 2, Duration.ofMillis(1));
        jobs.enqueueAll(List.of(once.withPriority(1), once.withPriority(1).withGroup("ada")));
        store.besides().del(KEYS + "records", KEYS + "texts");
        var left = jobs.enqueue(once).id();

        for (var state : JobState.values()) {
            assertThat(jobs.list(QUEUE, state, 2))
                    .extracting(StoredJob::id)
                    .isEqualTo(state == JobState.WAITING ? List.of(left) : List.of());
        }
        assertThat(jobs.replayAll(QUEUE, 10)).isZero();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            jobs.claim(Set.of(QUEUE), 10, LONG).forEach(jobs::complete);
            return store.besides().keys("*").isEmpty();
        });
        assertThat(jobs.find(left)).isEmpty();
    }

    @Test
    void a_place_that_a_job_has_left_is_not_claimed_and_goes() {
        var id = jobs.enqueue(NewJob.of(QUEUE, "").withGroup("ada")).id();
        var waited = Map.of(
                KEYS + "turns", store.besides().zrange(KEYS + "turns", 0, 0).get(0),
                KEYS + "due", store.besides().zrange(KEYS + "due", 0, 0).get(0));
        var claimed = jobs.claim(Set.of(QUEUE), 1, LONG).get(0);
        waited.forEach((key, member) -> store.besides().zadd(key, 0, member));

        assertThat(jobs.claim(Set.of(QUEUE), 1, LONG)).isEmpty();

        assertThat(card("turns")).isEqualTo(1);
        assertThat(card("due")).isEqualTo(1);
        assertThat(jobs.list(QUEUE, JobState.RUNNING, 10))
                .extracting(StoredJob::id)
                .containsExactly(id);
        assertThat(jobs.complete(claimed)).isTrue();
        assertThat(store.besides().keys("*")).isEmpty();
    }

    @Test
    void groups_that_are_full_hold_up_no_group_behind_them_although_lower_priorities_go_on() {
        var urgent = NewJob.of(QUEUE, "").withPriority(5);
        fill(600, urgent);
        jobs.enqueueAll(IntStream.range(0, 20)
                .mapToObj(i -> NewJob.of(QUEUE, "").withGroup("a lower one %02d".formatted(i)))
                .toList());

        jobs.enqueue(urgent.withGroup("has a place"));

        var claims = IntStream.range(0, 10)
                .boxed()
                .flatMap(i -> jobs.claim(Set.of(QUEUE), 1, LONG).stream())
                .map(job -> job.group().orElseThrow());
        assertThat(claims).contains("has a place");
    }

    @Test
    void replaying_looks_at_a_bounded_number_of_jobs_that_cannot_be() {
        int most = 5_000;
        jobs.enqueue(NewJob.of(QUEUE, "").withRetry(Retry.never()));
        jobs.fail(jobs.claim(Set.of(QUEUE), 1, LONG).get(0), "boom");
        for (int i = 0; i < most; i += Jobs.MAX_BATCH) {
            jobs.enqueueAll(IntStream.range(i, i + Jobs.MAX_BATCH)
                    .mapToObj(
                            key -> NewJob.of(QUEUE, "").withRetry(Retry.never()).withUniqueKey("" + key))
                    .toList());
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            jobs.claim(Set.of(QUEUE), Jobs.MAX_BATCH, Duration.ofMillis(1));
            return sum(jobs.depths().values(), QueueDepth::dead) == most + 1;
        });
        for (int key = 0; key < most; key++) {
            store.besides().hset(KEYS + "unique", QUEUE + "\0=" + key, "of another");
        }

        assertThat(jobs.replayAll(QUEUE, 1)).isZero();

        store.besides().hdel(KEYS + "unique", QUEUE + "\0=7");
        assertThat(jobs.replayAll(QUEUE, 1)).isEqualTo(1);
    }

    /** So many groups are at their limit of one, and each has another job that waits. */
    private List<ClaimedJob> fill(int groups, NewJob job) {
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(1));
        var waiting = IntStream.range(0, groups)
                .mapToObj(i -> job.withGroup("full %03d".formatted(i)))
                .toList();
        jobs.enqueueAll(waiting);
        var running = new ArrayList<ClaimedJob>();
        while (running.size() < groups) {
            running.addAll(jobs.claim(Set.of(QUEUE), groups, LONG));
        }
        jobs.enqueueAll(waiting);
        return running;
    }

    @Test
    void who_waits_for_very_many_groups_that_are_full_asks_ever_less_often_until_one_has_a_place()
            throws InterruptedException {
        var running = fill(600, NewJob.of(QUEUE, ""));
        var queues = Set.of(QUEUE);
        int claims = 0;
        for (long end = System.nanoTime() + Duration.ofSeconds(3).toNanos(); System.nanoTime() < end; claims++) {
            assertThat(jobs.claim(queues, 1, LONG)).isEmpty();
            jobs.awaitWork(queues, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        assertThat(claims).isLessThanOrEqualTo(20);

        jobs.complete(running.get(0));

        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    jobs.awaitWork(queues, Duration.ofMinutes(1));
                    return jobs.claim(queues, 1, LONG).size() == 1;
                });
    }

    @Test
    void workers_are_told_once_of_the_places_that_many_jobs_leave() {
        var running = fill(10, NewJob.of(QUEUE, ""));
        long told = published();

        assertThat(jobs.completeAll(running)).hasSize(10);

        assertThat(published() - told).isEqualTo(1);
    }

    private long published() {
        var calls = Pattern.compile("cmdstat_publish:calls=(\\d+)")
                .matcher(store.besides().info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void paid_debts_of_groups_are_forgotten() {
        jobs.limitGroups(QUEUE, GroupLimit.none().withRate(1_000, Duration.ofSeconds(1)));
        jobs.enqueueAll(IntStream.range(0, 100)
                .mapToObj(i -> NewJob.of(QUEUE, "").withGroup("group " + i))
                .toList());
        jobs.completeAll(jobs.claim(Set.of(QUEUE), 100, LONG));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            jobs.enqueue(NewJob.of(QUEUE, "").withGroup("last"));
            jobs.completeAll(jobs.claim(Set.of(QUEUE), 1, LONG));
            return store.besides().zcount(KEYS + "rates", Range.unbounded()) == 1;
        });
    }

    @Test
    void ten_thousand_jobs_of_one_customer_do_not_delay_ten_of_another() {
        for (int i = 0; i < 10; i++) {
            jobs.enqueueAll(
                    Collections.nCopies(Jobs.MAX_BATCH, NewJob.of(QUEUE, "").withGroup("big")));
        }
        jobs.claim(Set.of(QUEUE), 100, LONG);

        jobs.enqueueAll(Collections.nCopies(10, NewJob.of(QUEUE, "").withGroup("small")));

        var next = jobs.claim(Set.of(QUEUE), 30, LONG).stream()
                .collect(Collectors.groupingBy(job -> job.group().orElseThrow(), Collectors.counting()));
        assertThat(next).isEqualTo(Map.of("big", 20L, "small", 10L));
    }
}
