package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.FaultyServer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, falls silent, or is slow while leases are held and requests are claimed. */
class LeaseFaultTest {
    private static final String REPORT = "report";
    private static final String RELEASES = "coatcheck_leases";

    @TempDir
    static Path folder;

    @RegisterExtension
    static final FaultyServer server = new FaultyServer(() -> folder);

    private Postgres postgres;

    @BeforeEach
    void attach() {
        postgres = server.postgres();
    }

    @Test
    void a_lease_and_a_response_outlive_the_server_process() {
        var lease = acquire(leases(Duration.ofMinutes(1)));
        var idempotency = postgres.idempotency(IdempotencySettings.defaults());
        idempotency.record(((Claimed) idempotency.claim("key", "a")).claim(), "done");

        server.kill();
        server.start();

        assertThat(leases(Duration.ofMinutes(1)).tryAcquire(REPORT)).isInstanceOf(Busy.class);
        assertThat(idempotency.claim("key", "a")).isEqualTo(new Completed("done"));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.release()).isTrue();
        assertThat(acquire(leases(Duration.ofMinutes(1))).token()).isGreaterThan(lease.token());
    }

    @Test
    void a_lease_is_lost_in_time_when_the_server_is_silent_and_had_again_when_it_speaks() throws Exception {
        var duration = Duration.ofSeconds(2);
        var leases = leases(duration);
        var lease = acquire(leases);
        var lost = new CountDownLatch(1);
        lease.onLost(lost::countDown);
        server.relay().fallSilent();
        long silent = System.nanoTime();

        assertThat(lost.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - silent))
                .as("however long the server keeps its clients waiting")
                .isLessThan(Duration.ofSeconds(10));
        assertThat(lease.isHeld()).isFalse();
        var idempotency = postgres.idempotency(IdempotencySettings.defaults());
        assertThatThrownBy(() -> leases.tryAcquire("another")).isInstanceOf(BackingServiceException.class);
        assertThatThrownBy(() -> idempotency.claim("key", "a")).isInstanceOf(BackingServiceException.class);
        assertThatThrownBy(() -> idempotency.record(new Claim("key", 1), ""))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("record the response to a request");

        server.relay().pass();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> leases.tryAcquire(REPORT) instanceof Acquired next
                        && next.lease().token() > lease.token());
    }

    @Test
    void who_waits_is_told_of_a_release_although_the_connection_that_listens_was_cut() throws Exception {
        var leases = leases(Duration.ofMinutes(5));
        var lease = acquire(leases);
        try (var waiting = postgres.leaseStore().await(REPORT)) {
            server.awaitListener(RELEASES);
            server.relay().cut();
            server.awaitListener(RELEASES);
            waiting.await(PATIENCE); // woken, because it may have missed something
            assertThat(lease.release()).isTrue();

            long begun = System.nanoTime();
            waiting.await(Duration.ofMinutes(5));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        }
    }

    private Leases leases(Duration duration) {
        return postgres.leases(LeaseSettings.heldBy("web.1").withDuration(duration));
    }

    private static Lease acquire(Leases leases) {
        var acquisition = leases.tryAcquire(REPORT);
        assertThat(acquisition).isInstanceOf(Acquired.class);
        return ((Acquired) acquisition).lease();
    }
}
