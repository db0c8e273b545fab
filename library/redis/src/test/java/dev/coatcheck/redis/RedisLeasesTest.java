package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own is killed, emptied, filled and cut off while leases are held on it. */
class RedisLeasesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String REPORT = "report";

    @TempDir
    private Path folder;

    private RedisServer server;
    private Redis redis;

    @BeforeEach
    void start() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
        redis = TestRedis.attachInTime(server.url(), RedisSettings.defaults().withTimeout(TIMEOUT));
    }

    @AfterEach
    void stop() {
        redis.close();
        server.kill();
        server.close();
    }

    @Test
    void a_lease_outlives_a_short_outage_of_the_server() {
        var lease = acquire(leases(Duration.ofSeconds(20)));
        server.kill();
        server.start();

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> redis.leaseStore().holder(REPORT).isPresent());
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.release()).isTrue();
    }

    @Test
    void a_lease_is_lost_before_the_server_could_give_it_away_when_the_server_is_away_for_too_long() {
        var leases = leases(Duration.ofSeconds(2));
        var lease = acquire(leases);
        var told = new AtomicInteger();
        lease.onLost(told::incrementAndGet);
        server.kill();
        long killed = System.nanoTime();

        await().atMost(PATIENCE).until(() -> told.get() == 1);

        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(PATIENCE);
        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(lease::release)
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("release the lease \"report\"");
        assertThatThrownBy(() -> leases.tryAcquire(REPORT)).isInstanceOf(BackingServiceException.class);
        server.start();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> leases.tryAcquire(REPORT) instanceof Acquired next
                        && next.lease().token() > lease.token());
    }

    @Test
    void tokens_grow_also_over_a_server_that_lost_everything() {
        var leases = leases(Duration.ofSeconds(20));
        var before = acquire(leases).token();
        besides(client -> client.connect().sync().flushall());

        assertThat(acquire(leases).token()).isGreaterThan(before);
    }

    @Test
    void tokens_grow_although_the_clock_of_the_server_is_behind() {
        var leases = leases(Duration.ofSeconds(20));
        acquire(leases).release();
        long future = 9_000_000_000_000_000L - 2;
        besides(client -> client.connect().sync().set("coatcheck:lease:{=report}:token", Long.toString(future)));

        var lease = acquire(leases);
        assertThat(lease.token()).isEqualTo(future + 1);
        lease.release();
        assertThat(acquire(leases).token()).isEqualTo(future + 2);
    }

    @Test
    void a_server_that_is_full_grants_nothing_new_and_keeps_what_is_held() {
        var leases = leases(Duration.ofSeconds(3));
        var lease = acquire(leases);
        besides(client -> client.connect().sync().configSet("maxmemory", "1"));

        assertThatThrownBy(() -> leases.tryAcquire("another"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("maxmemory");
        await().during(Duration.ofSeconds(4)).atMost(PATIENCE).until(lease::isHeld);
        assertThat(leases.tryAcquire(REPORT)).isInstanceOf(Busy.class);
        assertThat(lease.release()).isTrue();
    }

    @Test
    void who_waits_is_woken_although_the_server_was_restarted_meanwhile() throws Exception {
        var leases = leases(Duration.ofMinutes(5));
        var lease = acquire(leases);
        var waiting = redis.leaseStore().await(REPORT);
        awaitListener();
        server.kill();
        server.start();
        awaitListener();
        waiting.await(PATIENCE); // woken, because it may have missed something
        awaitCommands();
        lease.release();

        long begun = System.nanoTime();
        waiting.await(Duration.ofMinutes(5));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        waiting.close();
    }

    /** What listens and what asks are two connections, and each comes back by itself. */
    private void awaitCommands() {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(BackingServiceException.class)
                .until(() -> redis.leaseStore().holder("anybody").isEmpty());
    }

    @Test
    void a_slow_server_takes_no_lease_from_its_holder() throws Exception {
        try (var relay = Relay.to(server.tcpPort());
                var far = Redis.attach(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(Duration.ofSeconds(5)))) {
            relay.delay(Duration.ofMillis(150));
            var leases = far.leases(LeaseSettings.heldBy("far").withDuration(Duration.ofSeconds(4)));
            var lease = acquire(leases);

            await().during(Duration.ofSeconds(5)).atMost(PATIENCE).until(lease::isHeld);
            var waiter = new FutureTask<>(() -> leases.acquire(REPORT, PATIENCE));
            Thread.ofVirtual().name("waiter").start(waiter);
            assertThat(lease.release()).isTrue();
            assertThat(waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Acquired.class);
        }
    }

    @Test
    void closing_gives_every_lease_back_and_leaves_no_thread() {
        try (var other = Redis.attach(server.url())) {
            var leases = leases(Duration.ofMinutes(5));
            acquire(leases);
            leases.close();
            assertThat(other.leaseStore().holder(REPORT)).isEmpty();
        }
        redis.leaseStore().await(REPORT).close();
        redis.close();

        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lettuce-")));
    }

    private Leases leases(Duration duration) {
        return redis.leases(LeaseSettings.heldBy("web.1").withDuration(duration));
    }

    private static Lease acquire(Leases leases) {
        var acquisition = leases.tryAcquire(REPORT);
        assertThat(acquisition).isInstanceOf(Acquired.class);
        return ((Acquired) acquisition).lease();
    }

    private void awaitListener() {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            var count = new long[1];
            besides(client -> count[0] = client.connect()
                    .sync()
                    .pubsubNumsub("coatcheck:lease-released")
                    .getOrDefault("coatcheck:lease-released", 0L));
            return count[0] == 1;
        });
    }

    private interface Step {
        void with(RedisClient client);
    }

    private void besides(Step step) {
        var client = RedisClient.create(server.url());
        try {
            step.with(client);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
