package dev.coatcheck.servlet;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Instances that share nothing but a real store, not even the kind of container. */
@ParameterizedClass(name = "{0} behind {1}")
@MethodSource("dev.coatcheck.servlet.Store#behindContainers")
class OnStoresTest {
    /** Longer than by default, since a test machine may be busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Visitor visitor = new Visitor();

    @Parameter(0)
    Store store = Store.REDIS;

    @Parameter(1)
    Container container = Container.JETTY;

    @Test
    void who_logs_in_at_one_instance_is_known_to_the_other_before_the_redirect_arrives() {
        var url = store.freshUrl();
        try (var one = Faces.start(container, store.attach(url, PATIENCE));
                var two = Faces.start(container.other(), store.attach(url, PATIENCE))) {
            var redirect = visitor.get(one.server(), "/login");

            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(visitor.follow(two.server(), redirect).body()).isEqualTo("ada@example.org dark");

            var copy = visitor.copy();
            visitor.get(two.server(), "/logout");
            assertThat(copy.get(one.server(), "/me").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void a_request_that_reads_its_session_is_one_round_trip() {
        var url = store.freshUrl();
        try (var relay = Relay.to(URI.create(url).getPort());
                var instance = Faces.start(container, store.attach(relay.through(url), PATIENCE))) {
            visitor.get(instance.server(), "/login");

            assertThat(leastTrips(relay, instance, "/me")).isOne();
            assertThat(leastTrips(relay, instance, "/plain")).isZero();
        }
    }

    /** Of several times, since a pool that was not used for a moment asks a connection first whether it is still there. */
    private int leastTrips(Relay relay, Faces instance, String path) {
        return Stream.generate(() -> {
                    int before = relay.trips();
                    assertThat(visitor.get(instance.server(), path).statusCode())
                            .isEqualTo(200);
                    return relay.trips() - before;
                })
                .limit(5)
                .min(naturalOrder())
                .orElseThrow();
    }

    @Test
    void a_limit_is_counted_once_for_both_instances() {
        var url = store.freshUrl();
        var rule = new LimitRule(Limit.of("three", 3, Duration.ofHours(1)), ClientAddress.behind(0));
        Map<String, Page> pages =
                Map.of("/plain", (request, response) -> response.getWriter().print("plain"));
        try (var one = store.attach(url, PATIENCE);
                var two = store.attach(url, PATIENCE)) {
            assumeTrue(one.limits().isPresent(), "it serves no limits");
            var limits = one.limits().orElseThrow().apply(new OnOutage.Closed());
            var sameLimits = two.limits().orElseThrow().apply(new OnOutage.Closed());
            try (var first = container.start(new LimitFilter(limits, rule), pages);
                    var second = container.other().start(new LimitFilter(sameLimits, rule), pages)) {
                assertThat(visitor.get(first, "/plain").statusCode()).isEqualTo(200);
                assertThat(visitor.get(second, "/plain").statusCode()).isEqualTo(200);
                assertThat(visitor.get(first, "/plain")
                                .headers()
                                .firstValue("RateLimit")
                                .orElseThrow())
                        .startsWith("\"three\";r=0;");
                assertThat(visitor.get(second, "/plain").statusCode()).isEqualTo(429);
                assertThat(visitor.get(first, "/plain").statusCode()).isEqualTo(429);
            }
        }
    }

    @Test
    void a_payment_is_made_once_whichever_instance_it_meets() {
        var url = store.freshUrl();
        try (var one = Faces.start(container, store.attach(url, PATIENCE));
                var two = Faces.start(container.other(), store.attach(url, PATIENCE))) {
            assumeTrue(one.isIdempotent(), "it keeps no answers");

            assertThat(one.pay("a").body()).isEqualTo("paid 1");
            assertThat(two.pay("a").body()).isEqualTo("paid 1");
            assertThat(two.payments()).isZero();
        }
    }
}
