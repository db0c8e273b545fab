package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.IdempotencyFilter;
import dev.coatcheck.servlet.IdempotencyFilterSettings;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of {@code docs/state.md}, each as two instances run it: what breaks and what does not. */
class StateGuideTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String redisUrl = SharedServers.freshRedisUrl();
    private final String databaseUrl = SharedServers.freshPostgresUrl();
    private final AttachedProcess one = new AttachedProcess("web.1");
    private final AttachedProcess two = new AttachedProcess("web.2");

    /** The truth, which both share: albums by their ids. */
    private final Database database = new Database();

    /** Where both pay. */
    private final Bank bank = new Bank();

    private final List<String> resized = new CopyOnWriteArrayList<>();

    @AfterEach
    void detach() {
        one.close();
        two.close();
    }

    private static final class Database {
        private final Map<String, String> albums = new ConcurrentHashMap<>(Map.of("42", "Rome"));

        String albumAsJson(String id) {
            return findAlbum(id).orElseThrow();
        }

        Optional<String> findAlbum(String id) {
            return Optional.ofNullable(albums.get(id));
        }

        void rename(String id, String title) {
            albums.put(id, title);
        }
    }

    private static final class Bank {
        private final AtomicInteger payments = new AtomicInteger();

        String pay(String key) {
            assertThat(key).isNotEmpty();
            return "receipt " + payments.incrementAndGet();
        }
    }

    private void resize(String photo) {
        resized.add(photo);
    }

    /** Sends reports, and lets something else happen meanwhile. */
    private static class Reporting {
        int reports;
        Runnable meanwhile = () -> {};

        void sendReports() {
            reports++;
            meanwhile.run();
        }

        void sendReports(Lease lease) {
            assertThat(lease.isHeld()).isTrue();
            sendReports();
        }
    }

    private final class AlbumsInside {
        private final Map<String, String> albums = new ConcurrentHashMap<>();

        String album(String id) {
            return albums.computeIfAbsent(id, database::albumAsJson); // in each instance
        }

        void rename(String id, String title) {
            database.rename(id, title);
            albums.remove(id); // here; the others show the old title for ever
        }
    }

    private static final class AttemptsInside {
        private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

        boolean mayTry(String account) {
            return attempts.merge(account, 1, Integer::sum) <= 5;
        }
    }

    private static final class ReportingInside extends Reporting {
        private final ReentrantLock reporting = new ReentrantLock();

        void nightly() {
            if (reporting.tryLock()) { // and so does every other instance
                try {
                    sendReports();
                } finally {
                    reporting.unlock();
                }
            }
        }
    }

    private final class PaymentsInside {
        private final Map<String, String> receipts = new ConcurrentHashMap<>();

        String pay(String key) {
            return receipts.computeIfAbsent(key, bank::pay); // once in each instance
        }
    }

    private static final class CheckoutInside {
        private volatile boolean newCheckout;

        void switchOn() {
            newCheckout = true; // here, and nowhere else
        }

        boolean isOn() {
            return newCheckout;
        }
    }

    /** An instance, as far as it has something attached. */
    private final class AttachedProcess implements AutoCloseable {
        final Redis redis;
        final Postgres postgres;
        final String instanceName;

        AttachedProcess(String instanceName) {
            var redis = Redis.attach(redisUrl);
            var postgres = Postgres.attach(databaseUrl);
            this.redis = redis;
            this.postgres = postgres;
            this.instanceName = instanceName;
        }

        void keepSessionsOutside(ServletContext servletContext) {
            new SessionFilter(redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults())
                    .addTo(servletContext);
        }

        void keepAnswersOutside(ServletContext servletContext) {
            keepSessionsOutside(servletContext);
            new IdempotencyFilter(
                            redis.idempotency(IdempotencySettings.defaults()),
                            IdempotencyFilterSettings.forUser(SessionUser::of))
                    .addTo(servletContext);
        }

        final class Albums {
            private final Cache albums = redis.cache(CacheSettings.named("albums"));

            Optional<String> album(String id) {
                return albums.get(id, Duration.ofMinutes(5), () -> database.findAlbum(id))
                        .value();
            }

            void rename(String id, String title) {
                database.rename(id, title);
                albums.invalidate(id);
            }
        }

        final class Attempts {
            private final Limits limits = redis.limits(new OnOutage.Closed());
            private final Limit logIns = Limit.of("log-in", 5, Duration.ofMinutes(15));

            boolean mayTry(String account) {
                return limits.acquire(logIns.on(account)) instanceof Allowed;
            }
        }

        final class ReportingUnderLease extends Reporting {
            private final Leases leases = redis.leases(LeaseSettings.heldBy(instanceName));

            void nightly() {
                if (leases.tryAcquire("nightly-report") instanceof Acquired(var lease)) {
                    try (lease) {
                        sendReports(lease); // who asks lease.isHeld() on the way, and writes with lease.token()
                    }
                }
            }
        }

        final class Checkout implements AutoCloseable {
            private final Flags flags = redis.flags(FlagSettings.defaults());

            void switchOn() {
                flags.put(Flag.of("new-checkout", FlagValue.of(true)));
            }

            boolean isOn(String userId) {
                return flags.snapshot().isOn("new-checkout", Audience.of(userId), false);
            }

            @Override
            public void close() {
                flags.close();
            }
        }

        void resizeInside(Executor executor, String photo) {
            executor.execute(() -> resize(photo));
        }

        void resizeLater(String photo) {
            postgres.jobs().enqueue(NewJob.of("resize", photo)); // or in the transaction of what it is about
        }

        Worker work() {
            var worker = Worker.start(
                    postgres.jobs(),
                    Map.of("resize", execution -> resize(execution.job().payload())),
                    WorkerSettings.defaults());
            return worker;
        }

        void storeInside(Path folder, String id, InputStream upload) throws IOException {
            Files.copy(upload, folder.resolve(id));
        }

        private final Map<String, ByteArrayOutputStream> received = new ConcurrentHashMap<>();

        void appendInside(String id, byte[] chunk) throws IOException {
            received.computeIfAbsent(id, any -> new ByteArrayOutputStream()).write(chunk);
        }

        AppendResult append(UploadId id, long offset, InputStream chunk) throws IOException {
            var uploads = postgres.uploads(UploadSettings.defaults());
            var appended = uploads.append(id, offset, chunk, AppendOptions.none());
            return appended;
        }

        PutResult store(String id, InputStream upload) throws IOException {
            var stored = postgres.blobs()
                    .put("photos/" + id, upload, PutOptions.ofType("image/jpeg").withMaxBytes(20 << 20));
            return stored;
        }

        @Override
        public void close() {
            redis.close();
            postgres.close();
        }
    }

    private static void logIn(HttpServletRequest request, String name) {
        request.getSession().setAttribute("user", name); // and the next request meets another process
    }

    private static final Map<String, Page> WHO = Map.of(
            "/login", (request, response) -> logIn(request, "ada"),
            "/me",
                    (request, response) ->
                            response.getWriter().print(request.getSession().getAttribute("user")));

    @Test
    void a_session_is_in_the_memory_of_its_process_unless_a_filter_keeps_it_outside() {
        assertThat(whoIsKnownThere(servletContext -> {}, servletContext -> {})).isEqualTo("null");
        assertThat(whoIsKnownThere(one::keepSessionsOutside, two::keepSessionsOutside))
                .isEqualTo("ada");
    }

    private static String whoIsKnownThere(
            Consumer<ServletContext> starting, Consumer<ServletContext> startingTheOther) {
        try (var here = Instance.start(starting, WHO);
                var there = Instance.start(startingTheOther, WHO);
                var visitor = new Visitor()) {
            visitor.send("POST", here.at("/login"));
            return visitor.get(there.at("/me"));
        }
    }

    @Test
    void a_map_shows_what_another_process_has_changed_and_a_cache_does_not() {
        var inside = new AlbumsInside();
        assertThat(inside.album("42")).isEqualTo("Rome");
        new AlbumsInside().rename("42", "Roma");
        assertThat(inside.album("42")).isEqualTo("Rome");

        var outside = two.new Albums();
        assertThat(outside.album("42")).contains("Roma");
        one.new Albums().rename("42", "Rom");
        assertThat(outside.album("42")).contains("Rom");
    }

    @Test
    void a_counter_allows_as_much_again_in_each_process_and_a_limit_does_not() {
        var inside = List.of(new AttemptsInside(), new AttemptsInside());
        var outside = List.of(one.new Attempts(), two.new Attempts());

        assertThat(IntStream.range(0, 16).filter(i -> inside.get(i % 2).mayTry("ada")))
                .hasSize(10);
        assertThat(IntStream.range(0, 16).filter(i -> outside.get(i % 2).mayTry("ada")))
                .hasSize(5);
    }

    @Test
    void a_lock_locks_its_process_and_a_lease_all_of_them() {
        var inside = new ReportingInside();
        var alsoInside = new ReportingInside();
        inside.meanwhile = alsoInside::nightly;
        inside.nightly();
        assertThat(inside.reports + alsoInside.reports).isEqualTo(2);

        var here = one.new ReportingUnderLease();
        var there = two.new ReportingUnderLease();
        here.meanwhile = there::nightly;
        here.nightly();
        assertThat(here.reports + there.reports).isEqualTo(1);
    }

    @Test
    void a_map_of_receipts_pays_in_each_process_and_a_kept_answer_once() {
        assertThat(new PaymentsInside().pay("7")).isEqualTo("receipt 1");
        assertThat(new PaymentsInside().pay("7")).isEqualTo("receipt 2");

        Map<String, Page> pages =
                Map.of("/pay", (request, response) -> response.getWriter().print(bank.pay("8")));
        try (var here = Instance.start(one::keepAnswersOutside, pages);
                var there = Instance.start(two::keepAnswersOutside, pages);
                var visitor = new Visitor()) {
            assertThat(visitor.send("POST", here.at("/pay"), "Idempotency-Key", "8")
                            .body())
                    .isEqualTo("receipt 3");
            assertThat(visitor.send("POST", there.at("/pay"), "Idempotency-Key", "8")
                            .body())
                    .isEqualTo("receipt 3");
        }
    }

    @Test
    void a_field_is_switched_in_its_process_and_a_flag_everywhere() {
        var inside = new CheckoutInside();
        new CheckoutInside().switchOn();
        assertThat(inside.isOn()).isFalse();

        try (var here = one.new Checkout();
                var there = two.new Checkout()) {
            here.switchOn();
            await().atMost(PATIENCE).until(() -> there.isOn("ada"));
        }
    }

    @Test
    void what_an_executor_was_to_do_dies_with_it_and_a_job_goes_to_another_process() {
        List<Runnable> dead = new ArrayList<>();
        one.resizeInside(dead::add, "41");
        one.resizeLater("42");

        try (var worker = two.work()) {
            await().atMost(PATIENCE).until(() -> resized.contains("42") && worker.running() == 0);
        }
        assertThat(resized).containsExactly("42");
    }

    @Test
    void what_came_of_an_upload_is_in_one_process_unless_it_is_kept_outside() throws IOException {
        one.appendInside("42", new byte[10]);
        assertThat(two.received).doesNotContainKey("42");

        var begun = (Begun)
                one.postgres.uploads(UploadSettings.defaults()).begin(NewUpload.to("films/42", PutOptions.defaults()));
        var id = begun.upload().id();
        assertThat(one.append(id, 0, new ByteArrayInputStream(new byte[10]))).isInstanceOf(Appended.class);
        assertThat(two.append(id, 10, new ByteArrayInputStream(new byte[5])))
                .isInstanceOfSatisfying(
                        Appended.class,
                        appended -> assertThat(appended.upload().offset()).isEqualTo(15));
    }

    @Test
    void a_file_is_on_one_disk_and_a_blob_is_there_for_all(@TempDir Path here, @TempDir Path there) throws IOException {
        var photo = "a photo".getBytes(StandardCharsets.UTF_8);
        one.storeInside(here, "42", new ByteArrayInputStream(photo));
        assertThat(there.resolve("42")).doesNotExist();

        assertThat(one.store("42", new ByteArrayInputStream(photo))).isInstanceOf(Stored.class);
        try (var found = (Found) two.postgres.blobs().read("photos/42", ReadOptions.whole())) {
            assertThat(found.content()).hasBinaryContent(photo);
        }
    }
}
