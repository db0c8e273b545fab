package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Topic;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSnapshot;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadSettings;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each method costs, counted on the wire and on the server. */
class CostTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Relay relay = Relay.to(SharedServers.postgres().tcpPort());
    private Postgres postgres = databases.empty();

    @BeforeEach
    void attachThroughTheRelay() {
        // One connection: a pool that may have more opens the next before it is needed.
        postgres = Postgres.attach(
                relay.through(databases.url()), PostgresSettings.defaults().withPoolSize(1));
        postgres.migrate();
    }

    @AfterEach
    void close() {
        postgres.close();
        relay.close();
    }

    @Test
    void each_method_of_sessions_is_one_round_trip() {
        var sessions = postgres.sessions(SessionSettings.defaults());
        var id = SessionId.random();
        costs(1, () -> sessions.create(id, Changes.none().user("ada").put("theme", "1")));
        costs(1, () -> sessions.find(id));
        costs(1, () -> sessions.save(id, Changes.none().put("theme", "2").putIfUnchanged("new", "1", 0)));
        costs(1, () -> sessions.save(id, Changes.none().putIfUnchanged("new", "1", 99)));
        costs(2, () -> sessions.update(id, "theme", current -> Optional.of("3")));
        costs(1, () -> sessions.devices("ada"));
        costs(1, () -> sessions.revoke("ada", "nobody"));
        costs(1, () -> sessions.save(id, Changes.none().rotate()));
        costs(1, () -> sessions.find(id));
        costs(1, () -> sessions.revokeAll("ada"));
        costs(1, () -> sessions.destroy(id));
    }

    @Test
    void each_method_of_jobs_is_one_round_trip() {
        var jobs = postgres.jobs();
        costs(1, () -> jobs.enqueue(NewJob.of("mail", "1").withUniqueKey("1")));
        costs(1, () -> jobs.enqueue(NewJob.of("mail", "1").withUniqueKey("1")));
        costs(1, () -> jobs.enqueueAll(Collections.nCopies(Jobs.MAX_BATCH, NewJob.of("bulk", "1"))));
        costs(1, () -> jobs.claim(Set.of("none"), 10, LEASE));
        costs(0, () -> jobs.completeAll(Set.of()));
        var bulk = costs(1, () -> jobs.claim(Set.of("bulk"), Jobs.MAX_BATCH, LEASE));
        costs(1, () -> assertThat(jobs.completeAll(bulk)).hasSize(Jobs.MAX_BATCH));
        var claimed = costs(1, () -> jobs.claim(Set.of("mail", "other"), 10, LEASE));
        assertThat(claimed).hasSize(1);
        costs(1, () -> jobs.renew(claimed, LEASE));
        costs(1, () -> jobs.giveBack(claimed));
        costs(2, () -> jobs.fail(jobs.claim(Set.of("mail"), 10, LEASE).get(0), "boom"));
        costs(1, () -> jobs.complete(claimed.get(0)));
        costs(1, () -> jobs.find(new JobId(UUID.randomUUID())));
        costs(1, () -> jobs.list("mail", JobState.DEAD, 10));
        costs(1, () -> jobs.replay(claimed.get(0).id()));
        costs(1, () -> jobs.list("mail", JobState.WAITING, 10));
        costs(1, () -> jobs.list("mail", JobState.RUNNING, 10));
        costs(1, () -> jobs.replayAll("mail", 10));
        costs(1, () -> jobs.report(claimed.get(0), "half"));
        costs(1, () -> jobs.cancel(claimed.get(0).id()));
        var at = Instant.now().minusSeconds(1);
        costs(1, () -> jobs.lastFired("report", at));
        costs(1, () -> jobs.fire("report", at.plusMillis(500), NewJob.of("mail", "")));
        costs(1, jobs::depths);
        costs(0, () -> jobs.renew(List.of(), LEASE));
        costs(0, () -> jobs.giveBack(List.of()));
        costs(1, () -> jobs.limitGroups("mail", GroupLimit.none().withConcurrency(2)));
        costs(1, () -> jobs.enqueue(NewJob.of("mail", "1").withGroup("ada")));
        costs(1, () -> jobs.claim(Set.of("mail"), 10, LEASE));
    }

    @Test
    void a_busy_worker_needs_far_less_than_a_round_trip_for_a_job() {
        var jobs = postgres.jobs();
        jobs.enqueueAll(Collections.nCopies(Jobs.MAX_BATCH, NewJob.of("mail", "1")));
        var left = new CountDownLatch(Jobs.MAX_BATCH);
        int before = relay.trips();
        var settings = WorkerSettings.defaults().withConcurrency(100).withLease(LEASE);
        try (var worker = Worker.start(jobs, Map.of("mail", execution -> left.countDown()), settings)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> left.getCount() == 0 && worker.running() == 0);
            assertThat(worker.stop(LEASE)).isTrue();
        }
        assertThat(relay.trips() - before).isLessThan(Jobs.MAX_BATCH / 4);
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    void each_method_of_channels_is_one_round_trip() {
        var channels = postgres.channelStore();
        var album = Topic.of("album-7");
        var both = List.of(new Presence(album, "ada"), new Presence(Topic.ofUser("ada"), "ada"));
        var begun = costs(1, () -> channels.begin(album));
        costs(1, () -> channels.publish(album, "1", Retention.defaults()));
        costs(1, () -> channels.read(album, begun, new Page(100, 1 << 20)));
        costs(1, () -> channels.heads(List.of(Topic.of("new"), album)));
        costs(0, () -> channels.heads(List.of()));
        costs(1, () -> channels.enter("web.1", LEASE));
        costs(1, () -> channels.announce("web.1", both, List.of()));
        costs(1, () -> channels.present(album));
        costs(1, () -> channels.renew("web.1", LEASE));
        costs(1, () -> channels.exit("web.1"));
    }

    @Test
    void each_method_of_leases_and_idempotency_is_one_round_trip() {
        var leases = postgres.leases(LeaseSettings.heldBy("web.1").withDuration(Duration.ofHours(1)));
        var held = ((Acquired) costs(1, () -> leases.tryAcquire("report"))).lease();
        costs(1, () -> leases.tryAcquire("report"));
        costs(1, () -> leases.holder("report"));
        var grant = new Grant("report", held.token());
        costs(1, () -> postgres.leaseStore().renew(List.of(grant, new Grant("other", 1)), LEASE));
        costs(0, () -> postgres.leaseStore().renew(List.of(), LEASE));
        costs(0, held::isHeld);
        costs(1, held::release);
        costs(0, held::release);

        var idempotency = postgres.idempotency(IdempotencySettings.defaults());
        var claim = ((Claimed) costs(1, () -> idempotency.claim("a", ""))).claim();
        costs(1, () -> idempotency.renew(claim));
        costs(1, () -> idempotency.record(claim, "done"));
        costs(1, () -> idempotency.claim("a", ""));
        costs(1, () -> idempotency.abandon(claim));
    }

    @Test
    void a_cache_hits_in_one_round_trip_misses_in_two_with_several_keys_too_and_is_near_in_none() {
        var tags = Set.of("user:7", "public");
        var ttl = Duration.ofHours(1);
        // Beats come seldom enough not to be counted.
        var rare = NearSettings.defaults().withStaleness(Duration.ofMinutes(1));
        try (var cache = postgres.cache(CacheSettings.named("albums"))) {
            costs(2, () -> cache.get("42", tags, ttl, () -> Optional.of("1")));
            costs(1, () -> cache.get("42", tags, ttl, () -> Optional.of("1")));
            var several = List.of("42", "a", "b", "c");
            costs(2, () -> cache.getAll(several, key -> tags, ttl, keys -> Map.of("a", "1")));
            costs(1, () -> cache.getAll(several, key -> tags, ttl, keys -> Map.of()));
            costs(1, () -> cache.invalidate("42"));
            costs(1, () -> cache.invalidateTag("user:7"));
            costs(2, () -> cache.get("42", tags, ttl, () -> Optional.of("1")));
            var load = new Load(new EntryKey("albums", "43"), "token");
            costs(1, () -> postgres.cacheStore().renew(load, LEASE));
            costs(1, () -> postgres.cacheStore().abandon(load, Duration.ZERO));
            try (var near = postgres.cache(CacheSettings.named("albums").withNear(rare))) {
                await().atMost(Duration.ofSeconds(10)).until(() -> {
                    int before = relay.trips();
                    near.get("42", tags, ttl, () -> Optional.of("1"));
                    return relay.trips() == before;
                });
                costs(0, () -> near.get("42", tags, ttl, () -> Optional.of("1")));
            }
        }
    }

    @Test
    void several_limits_are_one_round_trip_and_a_key_that_is_known_to_be_blocked_is_none() {
        var limits = postgres.limits(new OnOutage.Closed());
        var address = Limit.of("address", 1, LEASE);
        var account = Limit.of("account", 5, LEASE);
        var allowed = (Allowed) costs(1, () -> limits.acquire(address.on("10.0.0.1"), account.on("ada")));
        costs(1, () -> limits.acquire(address.on("10.0.0.1"), account.on("ada")));
        costs(0, () -> limits.acquire(address.on("10.0.0.1"), account.on("ada")));
        costs(1, () -> limits.refund(allowed.reservation()));
        costs(1, () -> limits.acquire(address.on("10.0.0.1"), account.on("ada")));
    }

    @Test
    void each_method_of_flags_is_one_round_trip_and_asking_none() {
        var store = postgres.flagStore();
        costs(1, () -> store.put("a", "1"));
        var stored = costs(1, () -> store.read(-1)).orElseThrow();
        costs(1, () -> store.read(stored.version()));
        costs(1, () -> store.remove("a"));
        var asked = new FlagSnapshot(1, Map.of("a", Flag.of("a", FlagValue.of(true))));
        costs(0, () -> asked.isOn("a", Audience.of("ada"), false));
    }

    @Test
    void waiting_for_work_costs_nothing() throws Exception {
        var jobs = postgres.jobs();
        Databases.awaitListening(postgres);
        jobs.claim(Set.of("mail"), 1, LEASE);

        costs(0, () -> jobs.awaitWork(Set.of("mail"), Duration.ofMillis(300)));
    }

    @Test
    void uploads_cost_a_round_trip_for_each_mebibyte_and_two_for_each_append() throws Exception {
        var uploads = postgres.uploads(UploadSettings.defaults());
        var film = NewUpload.to("film", PutOptions.defaults());
        costs(1, () -> uploads.begin(film));
        var id = ((Begun) uploads.begin(film)).upload().id();
        costs(1, () -> uploads.find(id));
        costs(3, () -> uploads.append(id, 0, content(100), AppendOptions.none()));
        costs(4, () -> uploads.append(id, 100, content(100), AppendOptions.none()));
        costs(6, () -> uploads.append(id, 200, content(2 * PostgresBlobs.CHUNK_SIZE), AppendOptions.none()));
        costs(1, () -> uploads.append(id, 7, content(100), AppendOptions.none()));
        costs(3, () -> uploads.finish(id));
        costs(1, () -> uploads.finish(id));
        costs(1, () -> uploads.abandon(id));
    }

    @Test
    void blobs_cost_a_round_trip_for_each_mebibyte_and_one_more_to_store() {
        var blobs = postgres.blobs();
        costs(2, () -> blobs.put("small", new ByteArrayInputStream(new byte[100]), PutOptions.defaults()));
        costs(3, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(1, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(1, () -> blobs.put("empty", content(0), PutOptions.defaults()));
        costs(4, () -> blobs.put("large", content(2 * PostgresBlobs.CHUNK_SIZE + 1), PutOptions.defaults()));
        costs(1, () -> blobs.stat("large"));
        costs(1, () -> blobs.list("", "", 10));
        costs(1, () -> read(blobs.read("small", ReadOptions.whole())));
        costs(3, () -> read(blobs.read("large", ReadOptions.whole())));
        costs(1, () -> read(blobs.read("large", ReadOptions.range(PostgresBlobs.CHUNK_SIZE, 10))));
        costs(1, () -> blobs.delete("large"));
    }

    @Test
    void reading_a_session_writes_nothing_until_a_tenth_of_its_idle_time_has_passed() {
        var sessions = postgres.sessions(SessionSettings.defaults());
        var id = SessionId.random();
        sessions.create(id, Changes.none().put("theme", "1"));
        var version = "select xmin::text || ctid::text from coatcheck.sessions";
        var before = query(postgres, version);

        sessions.find(id);
        assertThat(query(postgres, version)).isEqualTo(before);

        Databases.update(
                postgres, "update coatcheck.sessions set last_seen_at = last_seen_at - interval '3 minutes 1 second'");
        var aged = query(postgres, version);
        sessions.find(id);
        assertThat(query(postgres, version)).isNotEqualTo(aged);
        assertThat(query(
                        postgres,
                        "select clock_timestamp() - last_seen_at < interval '1 minute' from coatcheck.sessions"))
                .containsExactly("t");
    }

    @Test
    void saving_a_session_touches_no_index() {
        var sessions = postgres.sessions(SessionSettings.defaults());
        var id = SessionId.random();
        sessions.create(id, Changes.none().user("ada"));
        long before = updatesOfIndexes();
        for (int i = 0; i < 20; i++) {
            sessions.save(id, Changes.none().put("count", "" + i));
        }

        // At the turn of an hour one of them does.
        assertThat(updatesOfIndexes() - before).isLessThanOrEqualTo(1);
    }

    private long updatesOfIndexes() {
        return statistic(
                "select n_tup_upd - n_tup_hot_upd from pg_stat_user_tables where relid = 'coatcheck.sessions'::regclass");
    }

    private long statistic(String sql) {
        query(postgres, "select pg_stat_force_next_flush()");
        return Long.parseLong(query(postgres, sql).get(0));
    }

    private interface Step<T> {
        T run() throws Exception;
    }

    private interface Action {
        void run() throws Exception;
    }

    private void costs(int trips, Action action) {
        costs(trips, () -> {
            action.run();
            return true;
        });
    }

    private <T> T costs(int trips, Step<T> step) {
        // The pool asks a connection that was idle for half a second whether it lives.
        long start = System.nanoTime();
        postgres.ping();
        int before = relay.trips();
        try {
            var result = step.run();
            int asked = relay.trips() - before;
            int idle = (int) (Duration.ofNanos(System.nanoTime() - start).toMillis() / 500);
            assertThat(asked).isBetween(trips, trips + idle);
            return result;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static InputStream content(int size) {
        return new ByteArrayInputStream(new byte[size]);
    }

    private static boolean read(Object result) throws Exception {
        try (var found = (Found) result) {
            return found.content().readAllBytes().length == found.length();
        }
    }
}
