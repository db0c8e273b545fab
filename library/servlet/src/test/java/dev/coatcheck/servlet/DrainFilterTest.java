package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Container.class)
class DrainFilterTest {
    private final Lifecycle lifecycle = Lifecycle.embedded(Duration.ofSeconds(10));
    private final DrainFilter drain = new DrainFilter(lifecycle);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Parameter
    Container container = Container.JETTY;

    @AfterEach
    void stop() {
        goOn.countDown();
        lifecycle.close();
    }

    private static <T> FutureTask<T> inBackground(Callable<T> action) {
        var task = new FutureTask<>(action);
        Thread.ofVirtual().name("background").start(task);
        return task;
    }

    private void await() {
        try {
            assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void theStopWaitsFor(Page slow) throws Exception {
        try (var server = container.start(drain, Map.of("/slow", slow))) {
            lifecycle.onStop(Phase.WORK, "requests", drain::awaitIdle);
            lifecycle.ready();
            var answer = inBackground(() -> new Visitor().get(server, "/slow"));
            Awaitility.await().until(() -> drain.inFlight() == 1);

            var stopped = CompletableFuture.runAsync(lifecycle::close);
            Awaitility.await().until(() -> lifecycle.state() == Lifecycle.State.DRAINING);
            var late = new Visitor().get(server, "/slow?quick");
            assertThat(stopped).isNotDone();
            goOn.countDown();

            stopped.get(10, TimeUnit.SECONDS);
            assertThat(answer.get(10, TimeUnit.SECONDS))
                    .extracting(HttpResponse::body)
                    .isEqualTo("done");
            assertThat(late.headers().firstValue("Connection")).contains("close");
            assertThat(drain.inFlight()).isZero();
        }
    }

    @Test
    void a_stop_waits_for_requests_in_flight_and_closes_connections() throws Exception {
        theStopWaitsFor((request, response) -> {
            if (request.getQueryString() == null) {
                await();
            }
            response.getWriter().print("done");
        });
    }

    @Test
    void an_asynchronous_request_is_in_flight_until_it_is_complete() throws Exception {
        theStopWaitsFor((request, response) -> {
            if (request.getQueryString() != null) {
                return;
            }
            var async = request.startAsync();
            Thread.ofVirtual().name("page").start(() -> {
                await();
                try {
                    async.getResponse().getWriter().print("done");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                async.complete();
            });
        });
    }

    @Test
    void while_the_process_is_ready_connections_are_kept() {
        try (var server = container.start(drain, Map.of("/quick", (request, response) -> {}))) {
            lifecycle.ready();

            assertThat(new Visitor().get(server, "/quick").headers().firstValue("Connection"))
                    .isNotEqualTo(Optional.of("close"));
        }
    }

    @Test
    void a_request_that_fails_is_no_longer_in_flight() {
        try (var server = container.start(drain, Map.of("/fails", (request, response) -> {
            throw new UnsupportedOperationException("as planned");
        }))) {
            assertThat(new Visitor().get(server, "/fails").statusCode()).isEqualTo(500);
            Awaitility.await().until(() -> drain.inFlight() == 0);
        }
    }
}
