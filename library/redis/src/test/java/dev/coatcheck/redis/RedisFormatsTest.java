package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.StoredJob;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other releases of leases, idempotency, caches and jobs wrote, or will write, side by side with this one. */
class RedisFormatsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** A job that waits, of one priority or another, as the first release that had jobs on Redis wrote it. */
    private static final String JOB = """
            8ea6666f726d617401a57175657565a46d61696ca567726f7570a0a87072696f72697479
            %s
            a36b6579a0a5737461746500a566656e636500a8617474656d70747300ac6d61785f617474656d7074730aab66697273
            745f64656c6179cd03e8a96d61785f64656c6179ce0036ee80a8656e717565756564cf00062a99ba0c6000a372756ecf
            00062a99ba0c6000a3647565cf00062a99ba0c6000
            """.replace("\n", "");

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private void set(String lease) {
        store.besides().set("coatcheck:lease:{=report}:held", lease, SetArgs.Builder.px(LONG));
    }

    @Test
    void a_lease_that_the_first_release_wrote_is_renewed_and_released() {
        set("1 42 web.1 of old");
        var leases = store.redis().leaseStore();

        assertThat(leases.grant("report", "web.2", LONG)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.holder().name()).isEqualTo("web.1 of old");
            assertThat(refused.holder().token()).isEqualTo(42);
        });
        var grant = new Grant("report", 42);
        assertThat(leases.renew(List.of(grant), LONG)).isEqualTo(Set.of(grant));
        assertThat(leases.release(grant)).isTrue();
        assertThat(leases.grant("report", "web.2", LONG)).isInstanceOf(Granted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2 42 {\"holder\":\"new\"}", "something else", ""})
    void a_lease_in_a_format_of_tomorrow_is_held(String value) {
        set(value);

        assertThat(store.redis().leaseStore().grant("report", "web.2", LONG)).isInstanceOf(Refused.class);
        assertThat(store.redis().leaseStore().holder("report")).isPresent();
    }

    @Test
    void an_entry_that_the_first_release_wrote_is_served() {
        var key = "coatcheck:cache:{albums:42}:entry";
        store.besides().set("coatcheck:cache-tag:albums:user:7", "abc.0", SetArgs.Builder.px(LONG));
        store.besides().set(key, "1 1000 5 v abc.0\nRome\n1 0 0 n", SetArgs.Builder.px(LONG));
        try (var cache = store.redis().cache(CacheSettings.named("albums"))) {
            assertThat(cache.get("42", Set.of("user:7"), LONG, Optional::empty))
                    .isEqualTo(new Hit(Optional.of("Rome\n1 0 0 n")));
            store.besides().set(key, "1 1000 5 n abc.0\n", SetArgs.Builder.px(LONG));
            assertThat(cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("loaded")))
                    .isEqualTo(new Hit(Optional.empty()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2 1000 5 v \nRome", "something else", "", "1 1000 5 v", "1 x 5 v \nRome"})
    void an_entry_in_a_format_of_tomorrow_is_loaded_anew(String entry) {
        store.besides().set("coatcheck:cache:{albums:42}:entry", entry, SetArgs.Builder.px(LONG));
        try (var cache = store.redis().cache(CacheSettings.named("albums"))) {
            assertThat(cache.get("42", LONG, () -> Optional.of("loaded")))
                    .isEqualTo(new Loaded(Optional.of("loaded"), true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2 abc {}", "something else", ""})
    void a_right_to_load_in_a_format_of_tomorrow_is_held(String right) {
        store.besides().set("coatcheck:cache:{albums:42}:load", right, SetArgs.Builder.px(LONG));
        var question = new Question(new EntryKey("albums", "42"), List.of(), "mine", LONG, 0, true);

        assertThat(store.redis().cacheStore().read(question)).isInstanceOf(Busy.class);
        assertThat(store.redis().cacheStore().renew(question.load(), LONG)).isFalse();
        assertThat(store.besides().get("coatcheck:cache:{albums:42}:load")).isEqualTo(right);
    }

    @Test
    void a_response_that_the_first_release_wrote_is_given_and_one_of_a_newer_release_is_not_guessed_at() {
        var request = Map.of("v", "1", "f", "a", "t", "42", "e", "1795000000000", "r", "done");
        store.besides().hset("coatcheck:idempotency:key", request);
        var idempotency = store.redis().idempotency(IdempotencySettings.defaults());

        assertThat(idempotency.claim("key", "a")).isEqualTo(new Completed("done"));
        store.besides().hset("coatcheck:idempotency:key", "v", "2");
        assertThatThrownBy(() -> idempotency.claim("key", "a"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("newer release");
    }

    @Test
    void both_keys_of_a_lease_are_in_one_slot_of_a_cluster_whatever_its_name() {
        for (var name : List.of("report", "}x", "{}", "{", "a}b{c}", "\ud83e\udde5")) {
            store.redis().leaseStore().grant(name, "web.1", LONG);

            var keys = store.besides().keys("*");
            assertThat(keys).hasSize(2);
            assertThat(keys.stream().map(SlotHash::getSlot).collect(Collectors.toSet()))
                    .hasSize(1);
            store.besides().flushdb();
        }
    }

    @Test
    void jobs_that_an_earlier_release_wrote_are_claimed_in_the_order_of_priorities_that_may_not_be_any_more() {
        var high = writeJob("ce7fffffff", Integer.MAX_VALUE);
        var low = writeJob("d280000000", Integer.MIN_VALUE);
        var jobs = store.redis().jobs();
        var now = jobs.enqueue(NewJob.of("mail", "").withPriority(NewJob.MAX_PRIORITY))
                .id();

        assertThat(jobs.list("mail", JobState.WAITING, 10))
                .extracting(StoredJob::priority)
                .containsExactly(Integer.MAX_VALUE, NewJob.MAX_PRIORITY, Integer.MIN_VALUE);
        for (var expected : List.of(high, now, low)) {
            assertThat(jobs.completeAll(jobs.claim(Set.of("mail"), 1, LONG)))
                    .extracting(ClaimedJob::id)
                    .containsExactly(expected);
        }
        assertThat(store.besides().keys("*")).isEmpty();
    }

    /** @param bytes those of the priority, as MessagePack */
    private JobId writeJob(String bytes, int priority) {
        var keys = "coatcheck:{coatcheck:jobs}:";
        var id = JobId.next();
        var level = "mail\0%010d\0".formatted(Integer.MAX_VALUE - (long) priority);
        var due = "\0" + "1735689600000000" + "\0" + id;
        store.put(keys + "records", id.toString(), HexFormat.of().parseHex(JOB.formatted(bytes)));
        store.besides().hset(keys + "texts", "b" + id, "{}");
        store.besides().zadd(keys + "turns", 0, level + due);
        store.besides().zadd(keys + "due", 0, level + "pw" + due);
        return id;
    }

    @Test
    void nothing_stays_for_ever() {
        store.redis().leaseStore().grant("report", "web.1", LONG);
        store.redis().idempotency(IdempotencySettings.defaults()).claim("key", "a");

        assertThat(store.besides().keys("*"))
                .hasSize(3)
                .allSatisfy(key -> assertThat(store.besides().pttl(key)).isPositive());
    }
}
