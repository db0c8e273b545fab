package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.idempotency.IdempotencySettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that take longer than the lease of their claim. */
class LongRequestTest extends IdempotencyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofSeconds(4);

    /** By the last of them, more than a lease has passed since the claim. */
    private static final int RENEWALS = 4;

    private final CountDownLatch goOn = new CountDownLatch(1);

    @BeforeEach
    void claimBriefly() {
        store = storeWith(IdempotencySettings.defaults().withLease(LEASE));
    }

    @Test
    void a_request_that_takes_longer_than_its_lease_is_not_run_beside_itself() throws Exception {
        var server = serve(this::untilLetGo);
        var first = postMeanwhile(server);
        await().atMost(PATIENCE).until(() -> store.renewals.get() >= RENEWALS);

        isRefused(post(server, "a"), 409, "idempotency_request_in_progress");
        goOn.countDown();

        var answer = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        isReplay(post(server, "a"), answer);
        assertThat(runs).hasValue(1);
        assertNothingIsRenewedAnyMore();
    }

    @Test
    void a_claim_is_renewed_after_the_store_was_away_for_less_than_its_lease() throws Exception {
        var server = serve(this::untilLetGo);
        var first = postMeanwhile(server);
        await().atMost(PATIENCE).until(() -> store.renewals.get() >= 1);
        store.cutOff = true;
        await().atMost(PATIENCE).until(() -> store.refusals.get() >= 1);
        store.cutOff = false;
        int before = store.renewals.get();
        await().atMost(PATIENCE).until(() -> store.renewals.get() > before);
        goOn.countDown();

        var answer = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        isReplay(post(server, "a"), answer);
    }

    @Test
    void a_request_that_nobody_completes_is_renewed_no_longer_than_the_container_waits() {
        var server = serve((request, response) -> {
            if (runs.get() == 1) {
                request.startAsync().setTimeout(LEASE.toMillis());
            } else {
                response.getWriter().print("done");
            }
        });

        assertThat(post(server, "a").statusCode()).isEqualTo(500);
        await().atMost(PATIENCE).until(() -> post(server, "a").body().equals("done"));
        assertThat(runs).hasValue(2);
        assertNothingIsRenewedAnyMore();
    }

    private void assertNothingIsRenewedAnyMore() {
        int before = store.renewals.get();
        await().during(LEASE.dividedBy(2)).atMost(PATIENCE).until(() -> store.renewals.get() == before);
    }

    private void untilLetGo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            assertThat(goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        response.getWriter().print("done");
    }

    private FutureTask<HttpResponse<String>> postMeanwhile(WebServer server) {
        var answer = new FutureTask<>(() -> post(server, "a"));
        Thread.ofVirtual().name("first").start(answer);
        return answer;
    }
}
