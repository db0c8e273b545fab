package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.RedisMonitor;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.LoadFailedException;
import dev.coatcheck.state.cache.Loader;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each operation costs, counted by the server. */
class RoundTripsTest {
    private final TestRedis store = TestRedis.fresh();
    private final RedisMonitor monitor;

    RoundTripsTest() throws IOException {
        monitor = new RedisMonitor(store.url());
    }

    /** The server learns each script the first time it meets it. */
    @BeforeEach
    void teachTheServerTheScripts() {
        var sessions = sessions();
        var id = SessionId.random();
        sessions.create(id, Changes.none().user("warm"));
        sessions.find(id);
        sessions.revokeAll("warm");
        sessions.devices("warm");
        sessions.destroy(id);
        var limits = store.redis().limits(new OnOutage.Closed());
        limits.refund(((Allowed) limits.acquire(limit("warm").on("warm"))).reservation());
        var leases = leases();
        leases.tryAcquire("warm");
        leases.holder("warm");
        store.redis().leaseStore().renew(List.of(new Grant("warm", 1)), Duration.ofMinutes(1));
        leases.close();
        var idempotency = idempotency();
        idempotency.renew(new Claim("warm", 1));
        idempotency.abandon(new Claim("warm", 1));
        idempotency.record(claim(idempotency, "warm"), "warm");
        try (var cache = store.redis().cache(CacheSettings.named("warm"))) {
            cache.get("warm", Duration.ofMinutes(1), () -> Optional.of("warm"));
            cache.invalidate("warm");
        }
        var load = new Load(new EntryKey("warm", "warm"), "warm");
        store.redis().cacheStore().abandon(load, Duration.ZERO);
        store.redis().cacheStore().renew(load, Duration.ofSeconds(1));
        try (var channels = store.redis().channelStore()) {
            var end = channels.publish(Topic.of("warm"), "", Retention.defaults());
            channels.begin(Topic.of("warm"));
            channels.read(Topic.of("warm"), end, new Page(1, 1 << 20));
            channels.announce("warm", List.of(new Presence(Topic.of("warm"), "warm")), List.of());
        }
        store.redis().flagStore().put("warm", "");
        store.redis().flagStore().read(-1);
        store.redis().ping();
    }

    @AfterEach
    void detach() throws IOException {
        monitor.close();
        store.close();
    }

    @Test
    void a_session_is_created_read_saved_and_destroyed_in_one_command_each() {
        var sessions = sessions();
        var id = SessionId.random();

        assertThat(commandsOf(() -> sessions.create(id, Changes.none().put("theme", "1"))))
                .containsExactly("EVALSHA");
        assertThat(commandsOf(() -> sessions.find(id))).containsExactly("EVALSHA");
        assertThat(commandsOf(
                        () -> sessions.save(id, Changes.none().put("theme", "2").remove("basket"))))
                .containsExactly("EVALSHA");
        assertThat(commandsOf(() -> sessions.save(id, Changes.none().rotate()))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> sessions.destroy(id))).containsExactly("EVALSHA");
    }

    @Test
    void a_session_of_a_user_is_read_and_saved_in_one_command() {
        var sessions = sessions();
        var id = SessionId.random();
        sessions.create(id, Changes.none().user("ada"));

        assertThat(commandsOf(() -> sessions.find(id))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> sessions.save(id, Changes.none().put("theme", "2"))))
                .containsExactly("EVALSHA");
    }

    @Test
    void giving_a_session_to_a_user_tells_the_index_first() {
        var sessions = sessions();
        var id = SessionId.random();

        assertThat(commandsOf(() -> sessions.create(id, Changes.none().user("ada"))))
                .containsExactly("EVALSHA", "EVALSHA");
        assertThat(commandsOf(() -> sessions.save(id, Changes.none().user("grace"))))
                .containsExactly("EVALSHA", "EVALSHA");
    }

    @Test
    void moving_the_end_of_a_users_session_mends_the_index_without_a_wait() {
        var sessions = store.redis().sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(60)));
        var id = SessionId.random();
        sessions.create(id, Changes.none().user("ada"));

        await().atMost(Duration.ofSeconds(40))
                .until(() -> commandsOf(() -> sessions.find(id)).equals(List.of("EVALSHA", "EVALSHA")));
        assertThat(commandsOf(() -> sessions.find(id))).containsExactly("EVALSHA");
    }

    @Test
    void devices_are_listed_with_one_command_and_one_for_each() {
        var sessions = sessions();
        sessions.create(SessionId.random(), Changes.none().user("ada"));
        sessions.create(SessionId.random(), Changes.none().user("ada"));

        assertThat(commandsOf(() -> sessions.devices("ada"))).containsExactly("EVALSHA", "HMGET", "HMGET");
        assertThat(commandsOf(() -> sessions.revokeAll("ada")))
                .containsExactly("EVALSHA", "EVALSHA", "EVALSHA", "ZREM");
    }

    @Test
    void three_limits_are_one_command_and_a_key_that_is_known_to_be_blocked_is_none() {
        var limits = store.redis().limits(new OnOutage.Closed());
        var asks = new Ask[] {
            limit("per address").on("10.0.0.1"),
            limit("per account").on("ada"),
            limit("in all").on("all")
        };
        Reservation[] reservation = new Reservation[1];

        assertThat(commandsOf(() -> reservation[0] = ((Allowed) limits.acquire(asks)).reservation()))
                .containsExactly("EVALSHA");
        assertThat(commandsOf(() -> limits.acquire(asks))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> assertThat(limits.acquire(asks)).isInstanceOf(Limited.class)))
                .isEmpty();
        assertThat(commandsOf(() -> limits.refund(reservation[0]))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> assertThat(limits.acquire(asks)).isInstanceOf(Allowed.class)))
                .containsExactly("EVALSHA");
    }

    @Test
    void flags_are_read_put_and_removed_in_one_command_each() {
        var flags = store.redis().flagStore();
        assertThat(commandsOf(() -> flags.put("a", "1"))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> flags.read(-1))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> flags.remove("a"))).containsExactly("EVALSHA");
    }

    @Test
    void a_lease_is_acquired_refused_renewed_looked_at_and_released_in_one_command_each() {
        var leases = leases();
        var held = new Lease[1];
        assertThat(commandsOf(() -> held[0] = ((Acquired) leases.tryAcquire("report")).lease()))
                .containsExactly("EVALSHA");
        assertThat(commandsOf(() -> leases.tryAcquire("report"))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> leases.holder("report"))).containsExactly("EVALSHA");
        var grant = new Grant("report", held[0].token());
        assertThat(commandsOf(() -> store.redis().leaseStore().renew(List.of(grant), Duration.ofMinutes(1))))
                .containsExactly("EVALSHA");
        assertThat(commandsOf(() -> held[0].isHeld())).isEmpty();
        assertThat(commandsOf(() -> held[0].release())).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> held[0].close())).isEmpty();
    }

    @Test
    void a_request_is_claimed_renewed_recorded_and_abandoned_in_one_command_each() {
        var idempotency = idempotency();
        var claims = new Claim[2];
        assertThat(commandsOf(() -> claims[0] = claim(idempotency, "a"))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> idempotency.renew(claims[0]))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> idempotency.record(claims[0], "done"))).containsExactly("EVALSHA");
        assertThat(commandsOf(() -> idempotency.claim("a", ""))).containsExactly("EVALSHA");
        claims[1] = claim(idempotency, "b");
        assertThat(commandsOf(() -> idempotency.abandon(claims[1]))).containsExactly("EVALSHA");
    }

    @Test
    void a_cache_hits_in_one_command_misses_in_two_and_is_near_in_none() {
        // Beats come seldom enough not to be counted.
        var rare = NearSettings.defaults().withStaleness(Duration.ofMinutes(1));
        try (var cache = store.redis().cache(CacheSettings.named("albums"));
                var near = store.redis().cache(CacheSettings.named("albums").withNear(rare))) {
            awaitListening();
            var tags = Set.of("user:7", "public");
            Loader loader = () -> Optional.of("1");
            assertThat(commandsOf(() -> cache.get("42", tags, Duration.ofHours(1), loader)))
                    .containsExactly("EVALSHA", "EVALSHA");
            assertThat(commandsOf(() -> cache.get("42", tags, Duration.ofHours(1), loader)))
                    .containsExactly("EVALSHA");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> commandsOf(() -> near.get("42", tags, Duration.ofHours(1), loader))
                            .isEmpty());
            assertThat(commandsOf(() -> near.get("42", tags, Duration.ofHours(1), loader)))
                    .isEmpty();
            assertThat(commandsOf(() -> cache.invalidate("42"))).containsExactly("EVALSHA");
            assertThat(commandsOf(() -> cache.invalidateTag("user:7"))).containsExactly("EVALSHA");
            assertThat(commandsOf(() -> assertThatThrownBy(() -> cache.get("43", Duration.ofHours(1), () -> {
                                throw new IOException("as planned");
                            }))
                            .isInstanceOf(LoadFailedException.class)))
                    .containsExactly("EVALSHA", "EVALSHA");
        }
    }

    @Test
    void several_keys_of_a_cache_are_a_command_each_to_read_and_one_to_keep_what_is_missing() {
        try (var cache = store.redis().cache(CacheSettings.named("albums"))) {
            var ttl = Duration.ofHours(1);
            cache.get("1", ttl, () -> Optional.of("1"));
            assertThat(commandsOf(() -> cache.getAll(List.of("1", "2", "3"), ttl, keys -> Map.of("2", "2"))))
                    .hasSize(3 + 2)
                    .containsOnly("EVALSHA");
            assertThat(commandsOf(() -> cache.getAll(List.of("1", "2", "3"), ttl, keys -> Map.of())))
                    .hasSize(3)
                    .containsOnly("EVALSHA");
        }
    }

    @Test
    void who_meets_anothers_load_asks_twice_and_then_when_it_is_told() {
        try (var loading = store.redis().cache(CacheSettings.named("albums"));
                var waiting = store.redis().cache(CacheSettings.named("albums"))) {
            store.redis().cacheStore().await(new EntryKey("albums", "42")).close();
            awaitListening();
            var waiter = Thread.ofVirtual()
                    .name("waiter")
                    .unstarted(() -> waiting.get("42", Duration.ofHours(1), () -> Optional.of("waiter")));
            assertThat(commandsOf(() -> {
                        loading.get("42", Duration.ofHours(1), () -> {
                            waiter.start();
                            await().atMost(Duration.ofSeconds(10))
                                    .until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
                            Thread.sleep(200); // past its waiting for the first answer
                            return Optional.of("loader");
                        });
                        join(waiter);
                    }))
                    .hasSizeLessThanOrEqualTo(6)
                    .containsOnly("EVALSHA");
        }
    }

    @Test
    void channels_ask_once_for_what_they_do() throws InterruptedException {
        var settings = ChannelSettings.defaults().withLease(Duration.ofHours(1)).withCheck(Duration.ofHours(1));
        var album = Topic.of("album-7");
        try (var channels = store.redis().channels(settings)) {
            assertThat(commandsOf(() -> channels.publish(album, "1"))).containsExactly("EVALSHA");
            assertThat(commandsOf(() -> channels.revokeUser("nobody"))).containsExactly("EVALSHA");
            assertThat(commandsOf(() -> channels.present(album))).containsExactly("HKEYS");
            var beginning = channels.publish(album, "2");
            var subscription = channels.open(Subscriber.anonymous());
            subscription.subscribe(album);
            assertThat(subscription.next(Duration.ofSeconds(10))).isEqualTo(new Begun(album, beginning));
            // It is looked whether something came until each topic was listened to, and until the connection was there.
            awaitRest();

            var other = channels.open(Subscriber.anonymous());
            assertThat(commandsOf(() -> {
                        other.subscribe(album, beginning);
                        take(other, 1);
                        takeNothing(other); // it is beside the others then, and reads no history
                        channels.publish(album, "3");
                        take(other, 1);
                        take(subscription, 1);
                    }))
                    .as("one publishes; that others hear of it, and came back to where they were, costs nothing")
                    .containsExactly("EVALSHA");
            var back = channels.open(Subscriber.anonymous());
            assertThat(commandsOf(() -> {
                        back.subscribe(album, beginning);
                        take(back, 2);
                    }))
                    .containsExactly("EVALSHA");
        }
    }

    @Test
    void each_topic_that_is_followed_is_listened_to_with_one_command_and_looked_at_with_one() throws Exception {
        var settings = ChannelSettings.defaults().withLease(Duration.ofHours(1)).withCheck(Duration.ofHours(1));
        long topics = 50;
        // Slow, so that the answers are still on their way when the next topic is followed.
        try (var relay = Relay.to(SharedServers.redis().tcpPort());
                var far = Redis.attach(relay.through(store.url()));
                var channels = far.channels(settings);
                var subscription = channels.open(Subscriber.anonymous())) {
            relay.delay(Duration.ofMillis(5));
            long evaluated = calls("evalsha");
            long subscribed = calls("subscribe");
            for (int i = 0; i < topics; i++) {
                subscription.subscribe(Topic.of("album-" + i));
            }
            // The connection may have been made meanwhile, with the revocations.
            await().atMost(Duration.ofSeconds(10)).until(() -> calls("evalsha") >= evaluated + 2 * topics);
            await().during(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> calls("evalsha") <= evaluated + 2 * topics + 1);
            assertThat(calls("subscribe")).isLessThanOrEqualTo(subscribed + topics + 1);
        }
    }

    private void awaitRest() {
        var last = new AtomicLong(-1);
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(20)).until(() -> {
            long now = calls("evalsha");
            return last.getAndSet(now) == now;
        });
    }

    /** How often the server was asked this, ever. */
    private long calls(String command) {
        var calls = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
                .matcher(store.besides().info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void who_is_present_is_two_round_trips_where_anybody_is() {
        var album = Topic.of("album-7");
        try (var channels = store.redis().channelStore()) {
            assertThat(commandsOf(() -> channels.enter("web.1", Duration.ofHours(1))))
                    .containsExactly("SET");
            assertThat(commandsOf(() -> channels.renew("web.1", Duration.ofHours(1))))
                    .containsExactly("PEXPIRE");
            var both = List.of(new Presence(album, "ada"), new Presence(album, "bob"));
            assertThat(commandsOf(() -> channels.announce("web.1", both, List.of())))
                    .containsExactly("EVALSHA");
            assertThat(commandsOf(() -> channels.present(album))).containsExactly("HKEYS", "EXISTS");
            assertThat(commandsOf(() -> channels.heads(List.of(album)))).containsExactly("EVALSHA");
            assertThat(commandsOf(() -> channels.exit("web.1"))).containsExactly("DEL");
        }
    }

    private static void take(Subscription subscription, int count) {
        try {
            for (int i = 0; i < count; i++) {
                assertThat(subscription.next(Duration.ofSeconds(10))).isNotEqualTo(new Nothing());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void takeNothing(Subscription subscription) {
        try {
            assertThat(subscription.next(Duration.ofMillis(100))).isEqualTo(new Nothing());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitListening() {
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        store.besides().pubsubNumsub("coatcheck:cache-told").containsValue(1L));
    }

    private Idempotency idempotency() {
        return store.redis().idempotency(IdempotencySettings.defaults());
    }

    private static Claim claim(Idempotency idempotency, String key) {
        return ((Claimed) idempotency.claim(key, "")).claim();
    }

    @Test
    void who_waits_for_a_lease_asks_twice_and_then_when_it_was_released() throws Exception {
        var leases = leases();
        var held = ((Acquired) leases.tryAcquire("report")).lease();
        // Connects and subscribes for the first time, and is woken by that.
        leases.acquire("report", Duration.ofMillis(500));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> store.besides().pubsubNumsub("coatcheck:lease-released").values().stream()
                        .allMatch(listening -> listening > 0));
        leases.acquire("report", Duration.ofMillis(500));

        assertThat(commandsOf(() -> acquire(leases, Duration.ofMillis(500))))
                .containsExactly("EVALSHA", "EVALSHA", "EVALSHA");
        var waiter = Thread.ofVirtual().name("waiter").unstarted(() -> acquire(leases, Duration.ofMinutes(1)));
        assertThat(commandsOf(() -> {
                    waiter.start();
                    await().atMost(Duration.ofSeconds(10)).until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
                    held.release();
                    join(waiter);
                }))
                .hasSizeLessThanOrEqualTo(4)
                .containsOnly("EVALSHA");
    }

    private static void acquire(Leases leases, Duration patience) {
        try {
            leases.acquire("report", patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Leases leases() {
        return store.redis().leases(LeaseSettings.heldBy("web.1").withDuration(Duration.ofHours(1)));
    }

    @Test
    void a_server_that_has_forgotten_a_script_is_sent_it_once_more() {
        var sessions = sessions();
        var id = SessionId.random();
        sessions.create(id, Changes.none());
        store.besides().scriptFlush();

        assertThat(commandsOf(() -> assertThat(sessions.find(id)).isPresent())).containsExactly("EVALSHA", "EVAL");
        assertThat(commandsOf(() -> sessions.find(id))).containsExactly("EVALSHA");
    }

    /** What the adapter sends without waiting for it counts as well: it goes over the same connection before the ping. */
    private List<String> commandsOf(Runnable action) {
        try {
            var commands = monitor.commandsDuring(() -> {
                action.run();
                store.redis().ping();
            });
            commands.remove("PING");
            return commands;
        } catch (IOException e) {
            throw new UncheckedIOException("the monitor was cut off", e);
        }
    }

    private Sessions sessions() {
        return store.redis().sessions(SessionSettings.defaults());
    }

    private static Limit limit(String name) {
        return Limit.of(name, 1, Duration.ofHours(1));
    }
}
