package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.ClientAddress;
import dev.coatcheck.servlet.LimitFilter;
import dev.coatcheck.servlet.LimitRule;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.limits.ConcurrencyLimit;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/limits.md}, as two instances run them. */
class LimitsGuideTest {
    private static final String URL = SharedServers.freshRedisUrl();
    private static final Map<String, Page> PAGES =
            Map.of("/login", (request, response) -> response.getWriter().print("logged in"));

    private static final class AttachedProcess implements AutoCloseable {
        private final Redis redis = Redis.attach(URL);
        private final String instanceName = "web.1";
        private final List<String> log = new ArrayList<>();

        void tryToLogIn(String account, String address) {
            var limits = redis.limits(new OnOutage.Closed());
            var perAccount = Limit.of("log-in", 5, Duration.ofMinutes(15));
            var perAddress = Limit.of("log-in-address", 50, Duration.ofMinutes(15));

            switch (limits.acquire(perAccount.on(account), perAddress.on(address))) {
                case Allowed allowed -> logIn();
                case Limited limited -> tooManyRequests(limited.retryAfter());
            }
        }

        void protect(ServletContext servletContext, Limits limits) {
            var logIns = Limit.of("log-in", 50, Duration.ofMinutes(15));
            new LimitFilter(limits, new LimitRule(logIns, ClientAddress.behind(1))).addTo(servletContext, "/login");
        }

        private Runnable meanwhile = () -> {};

        void exportIfThereIsAPlace(String customer) {
            var exports = new ConcurrencyLimit(redis.leases(LeaseSettings.heldBy(instanceName)), "export", 3);

            switch (exports.tryAcquire(customer)) {
                case Acquired(var place) -> {
                    try (place) {
                        export(customer);
                    }
                }
                case Busy(var first) -> tooManyRequests(first.endsIn());
            }
        }

        private void logIn() {
            log.add("logged in");
        }

        private void export(String customer) {
            log.add("exported " + customer);
            meanwhile.run();
        }

        private void tooManyRequests(Duration retryAfter) {
            log.add(retryAfter.isPositive() ? "refused" : "?");
        }

        @Override
        public void close() {
            redis.close();
        }
    }

    @Test
    void a_limit_in_the_store_allows_as_much_as_it_says_among_all() {
        try (var one = new AttachedProcess();
                var two = new AttachedProcess()) {
            for (int i = 0; i < 4; i++) {
                one.tryToLogIn("ada", "10.0.0.1");
                two.tryToLogIn("ada", "10.0.0.1");
            }
            one.log.addAll(two.log);
            assertThat(one.log).hasSize(8).filteredOn("logged in"::equals).hasSize(5);
        }
    }

    @Test
    void a_filter_is_added_to_an_application_that_starts() {
        try (var one = new AttachedProcess();
                var two = new AttachedProcess();
                var here = Instance.start(
                        servletContext -> one.protect(servletContext, one.redis.limits(new OnOutage.Closed())), PAGES);
                var there = Instance.start(
                        servletContext -> two.protect(servletContext, two.redis.limits(new OnOutage.Closed())), PAGES);
                var visitor = new Visitor()) {
            var statuses = IntStream.range(0, 54) // on a slow machine one or two grow back meanwhile
                    .map(i -> visitor.send("POST", (i % 2 == 0 ? here : there).at("/login"))
                            .statusCode())
                    .boxed()
                    .toList();

            assertThat(statuses.subList(0, 50)).containsOnly(200);
            assertThat(statuses.subList(50, 54)).contains(429);
        }
    }

    @Test
    void no_more_are_at_it_than_there_are_places() {
        try (var one = new AttachedProcess();
                var two = new AttachedProcess()) {
            one.meanwhile = () -> {
                one.meanwhile = () -> {
                    one.meanwhile = () -> two.exportIfThereIsAPlace("ada");
                    one.exportIfThereIsAPlace("ada");
                };
                one.exportIfThereIsAPlace("ada");
            };
            one.exportIfThereIsAPlace("ada");

            assertThat(one.log).hasSize(3).containsOnly("exported ada");
            assertThat(two.log).containsExactly("refused");
        }
    }
}
