package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.cache.CacheContract;
import dev.coatcheck.contracts.channels.ChannelsContract;
import dev.coatcheck.contracts.flags.FlagsContract;
import dev.coatcheck.contracts.idempotency.IdempotencyContract;
import dev.coatcheck.contracts.jobs.JobsContract;
import dev.coatcheck.contracts.leases.LeasesContract;
import dev.coatcheck.contracts.limits.LimitsContract;
import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.flags.FlagStore;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same adapters on a real cluster of three nodes. */
class ClusterTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private static Path folder;

    private static RedisCluster cluster;

    private final String prefix = UUID.randomUUID() + ":";
    private Redis redis;

    @BeforeAll
    static void startCluster() throws IOException {
        cluster = new RedisCluster(folder);
    }

    @AfterAll
    static void endCluster() {
        cluster.close();
    }

    @BeforeEach
    void attach() {
        redis = Redis.attach(cluster.url(), TestRedis.PATIENT.withPrefix(prefix));
    }

    @AfterEach
    void detach() {
        redis.close();
    }

    @Nested
    class OfSessions extends SessionsContract {
        @Override
        public Sessions sessions(SessionSettings settings) {
            return redis.sessions(settings);
        }

        @Override
        public String dump() {
            return cluster.nodes().stream()
                    .flatMap(node -> node.ask(commands -> commands.keys(prefix + "session:*")).stream()
                            .map(key -> key + node.ask(commands -> commands.hgetall(key))))
                    .collect(Collectors.joining("\n"));
        }
    }

    @Nested
    class OfJobs extends JobsContract {
        @Override
        public Jobs jobs() {
            return redis.jobs();
        }

        @Override
        public Jobs jobsThatKeepTheDead(Duration kept) {
            redis.close();
            redis = Redis.attach(
                    cluster.url(), TestRedis.PATIENT.withPrefix(prefix).withDeadJobsKept(kept));
            return redis.jobs();
        }
    }

    @Nested
    class OfFlags extends FlagsContract {
        @Override
        protected FlagStore store() {
            return redis.flagStore();
        }
    }

    @Nested
    class OfChannels extends ChannelsContract {
        @Override
        protected ChannelStore store() {
            return redis.channelStore();
        }
    }

    @Nested
    class OfLimits extends LimitsContract {
        @Override
        protected Limits limits() {
            return redis.limits(new OnOutage.Closed());
        }
    }

    @Nested
    class OfLeases extends LeasesContract {
        @Override
        public LeaseStore store() {
            return redis.leaseStore();
        }
    }

    @Nested
    class OfIdempotency extends IdempotencyContract {
        @Override
        protected Idempotency idempotency(IdempotencySettings settings) {
            return redis.idempotency(settings);
        }
    }

    @Nested
    class OfCaches extends CacheContract {
        @Override
        public CacheStore store() {
            return redis.cacheStore();
        }
    }

    @Test
    void a_password_that_rotates_is_used_for_each_node() {
        var user = new RotatingUser();
        all(node -> user.put(node, "old"));
        user.say(cluster.url(), "old");
        try (var rotating = Redis.attach(user::url, TestRedis.PATIENT.withPrefix(prefix))) {
            var sessions = rotating.sessions(SessionSettings.defaults());
            all(node -> user.put(node, "new"));
            user.say(cluster.url(), "new");
            all(user::end);
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                for (int i = 0; i < 20; i++) {
                    var id = SessionId.random();
                    assertThat(sessions.create(id, Changes.none())).isEqualTo(new Saved(id));
                }
            });
            cluster.nodes()
                    .forEach(node ->
                            assertThat(node.<Long>ask(user::connections)).isPositive());
        }
    }

    private static void all(Consumer<RedisCommands<String, String>> action) {
        cluster.nodes()
                .forEach(node -> node.ask(redis -> {
                    action.accept(redis);
                    return true;
                }));
    }

    @Test
    void the_sessions_of_a_user_lie_on_all_nodes_and_are_listed_and_revoked_together() {
        var sessions = redis.sessions(SessionSettings.defaults());
        var ids = Stream.generate(SessionId::random).limit(30).toList();
        ids.forEach(id -> sessions.create(id, Changes.none().user("ada")));

        assertThat(ids.stream().map(this::nodeOf).distinct()).hasSize(3);
        assertThat(sessions.devices("ada"))
                .extracting(Device::handle)
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().map(SessionId::handle).toList());
        assertThat(sessions.revokeAll("ada")).isEqualTo(30);
        assertThat(ids).allSatisfy(id -> assertThat(sessions.find(id)).isEmpty());
    }

    @Test
    void a_session_is_read_and_saved_in_one_command() {
        var sessions = redis.sessions(SessionSettings.defaults());
        var ids = Stream.generate(SessionId::random).limit(30).toList();
        ids.forEach(id -> sessions.create(id, Changes.none()));
        ids.forEach(sessions::find);

        assertThat(commandsOf(() ->
                        ids.stream().filter(id -> sessions.find(id).isPresent()).count()))
                .isEqualTo(30);
        assertThat(commandsOf(() -> ids.stream()
                        .filter(id -> sessions.save(id, Changes.none().put("theme", "1"))
                                .equals(new Saved(id)))
                        .count()))
                .isEqualTo(30);
    }

    @Test
    void limits_that_share_a_slot_are_one_command_and_others_one_for_each() {
        var limits = redis.limits(new OnOutage.Closed());
        var address = Limit.of("per address", 5, Duration.ofHours(1));
        var account = Limit.of("per account", 5, Duration.ofHours(1));
        var teach = Stream.iterate(0, i -> i + 1).limit(30).toList();
        teach.forEach(i ->
                limits.refund(((Allowed) limits.acquire(address.on("teach " + i), account.on("teach"))).reservation()));

        assertThat(commandsOf(() -> limits.acquire(address.on("{ada}"), account.on("{ada}"))))
                .isEqualTo(1);
        assertThat(commandsOf(() -> limits.acquire(address.on("10.0.0.1"), account.on("grace"))))
                .isEqualTo(2);
    }

    @Test
    void what_one_slot_refuses_costs_nothing_in_the_others_and_a_refund_finds_them_all() {
        var limits = redis.limits(new OnOutage.Closed());
        var many = Limit.of("many", 10, Duration.ofHours(1));
        var one = Limit.of("one", 1, Duration.ofHours(1));
        var first = (Allowed) limits.acquire(many.on("}a{b").withCost(5), one.on("x"));

        assertThat(limits.acquire(many.on("}a{b").withCost(5), one.on("x"))).isInstanceOf(Limited.class);
        assertThat(((Allowed) limits.acquire(many.on("}a{b"))).remaining()).isEqualTo(4);

        limits.refund(first.reservation());
        limits.refund(first.reservation());
        assertThat(((Allowed) limits.acquire(many.on("}a{b"), one.on("x"))).remaining())
                .isZero();
        assertThat(((Allowed) limits.acquire(many.on("}a{b"))).remaining())
                .as("a refund takes off what has grown back since")
                .isBetween(6L, 7L);
    }

    @Test
    void leases_lie_on_all_nodes_and_a_release_on_any_wakes_who_waits_for_it() throws InterruptedException {
        var store = redis.leaseStore();
        var names =
                Stream.iterate(0, i -> i + 1).limit(30).map(i -> "report " + i).toList();
        assertThat(names.stream().map(this::nodeOfLease).distinct()).hasSize(3);
        try (var listening = store.await("nothing")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> listeners("lease-released") == 1);
            listening.await(Duration.ofSeconds(20)); // woken, since listening has begun
            for (var name : names) {
                var grant = ((Granted) store.grant(name, "web.1", Duration.ofMinutes(5))).grant();
                try (var seat = store.await(name)) {
                    assertThat(store.release(grant)).isTrue();
                    long begun = System.nanoTime();
                    seat.await(Duration.ofMinutes(5));
                    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
                }
            }
        }
    }

    @Test
    void a_node_that_is_killed_fails_what_lies_on_it_alone_and_is_used_again_when_it_is_back() {
        var brisk = TestRedis.PATIENT.withPrefix(prefix).withTimeout(Duration.ofSeconds(2));
        try (var attached = Redis.attach(cluster.url(), brisk)) {
            var sessions = attached.sessions(SessionSettings.defaults());
            var ids = Stream.generate(SessionId::random).limit(30).toList();
            ids.forEach(id -> sessions.create(id, Changes.none()));
            var node = cluster.nodes().get(1);
            node.kill();
            try {
                for (var id : ids) {
                    if (nodeOf(id) == node) {
                        assertThatThrownBy(() -> sessions.find(id)).isInstanceOf(BackingServiceException.class);
                    } else {
                        await().atMost(Duration.ofSeconds(20))
                                .ignoreExceptions()
                                .untilAsserted(
                                        () -> assertThat(sessions.find(id)).isPresent());
                    }
                }
            } finally {
                node.restart();
                cluster.awaitWhole();
            }
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(ids)
                            .allSatisfy(id -> assertThat(sessions.find(id)).isPresent()));
        }
    }

    @Test
    void of_several_keys_only_those_of_a_node_that_is_away_are_loaded() {
        var node = cluster.nodes().get(2);
        var keys = IntStream.range(0, 60).mapToObj(Integer::toString).toList();
        Function<String, Set<String>> tags = key -> Set.of("user:" + key);
        var lost = keys.stream()
                .filter(key -> cluster.nodeOf(prefix + "cache:{albums:" + key + "}:entry") == node
                        || cluster.nodeOf(prefix + "cache-tag:albums:user:" + key) == node)
                .collect(Collectors.toSet());
        assertThat(lost).hasSizeBetween(1, keys.size() - 1);
        var expected = keys.stream()
                .collect(Collectors.toMap(
                        key -> key,
                        key -> lost.contains(key)
                                ? new Loaded(Optional.of("2"), false)
                                : (Answer) new Hit(Optional.of("1"))));
        var brisk = TestRedis.PATIENT.withPrefix(prefix).withTimeout(Duration.ofSeconds(2));
        try (var attached = Redis.attach(cluster.url(), brisk);
                var cache = attached.cache(CacheSettings.named("albums").withBeta(0))) {
            cache.getAll(keys, tags, LONG, missing -> all(missing, "1"));
            node.kill();
            try {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> cache.getAll(keys, tags, LONG, missing -> all(missing, "2"))
                                .equals(expected));
                // On a busy machine the nodes that are left may lose sight of each other, and answer nothing for a
                // while.
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    for (int i = 0; i < 5; i++) {
                        assertThat(cache.getAll(keys, tags, LONG, missing -> {
                                    assertThat(missing).isEqualTo(lost);
                                    return all(missing, "2");
                                }))
                                .isEqualTo(expected);
                    }
                });
                var withoutTag = keys.stream()
                        .filter(key -> lost.contains(key)
                                && cluster.nodeOf(prefix + "cache:{albums:" + key + "}:entry") != node)
                        .toList();
                long before = callsOfOthers(node);
                cache.getAll(withoutTag, tags, LONG, missing -> all(missing, "2"));
                assertThat(callsOfOthers(node) - before)
                        .as("nothing is given up that was never asked for")
                        .isZero();
            } finally {
                node.restart();
                cluster.awaitWhole();
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cache.getAll(keys, tags, LONG, missing -> all(missing, "3")).values().stream()
                            .allMatch(answer -> answer instanceof Hit));
        }
    }

    private long callsOfOthers(RedisProcess node) {
        return cluster.nodes().stream()
                .filter(other -> other != node)
                .mapToLong(other -> RedisCluster.calls(other, "evalsha"))
                .sum();
    }

    private static Map<String, String> all(Set<String> keys, String value) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> value));
    }

    @Test
    void every_slot_has_a_tag_of_its_own() {
        for (var key : new String[] {"", "a", "{b}c", "}a{b", "{}", "ä", "x".repeat(1_000)}) {
            assertThat(SlotHash.getSlot("p:refunded:" + Slots.tagLike(key) + "id"))
                    .isEqualTo(SlotHash.getSlot(key));
        }
    }

    private RedisProcess nodeOf(SessionId id) {
        return cluster.nodeOf(prefix + "session:" + id.handle());
    }

    private RedisProcess nodeOfLease(String name) {
        return cluster.nodeOf(prefix + "lease:{=" + name + "}:held");
    }

    private long listeners(String channel) {
        var name = prefix + channel;
        return cluster.nodes().stream()
                .mapToLong(node ->
                        node.ask(commands -> commands.pubsubNumsub(name)).getOrDefault(name, 0L))
                .sum();
    }

    private long commandsOf(Supplier<?> action) {
        long before = cluster.calls("evalsha");
        assertThat(action.get()).isNotNull();
        return cluster.calls("evalsha") - before;
    }
}
