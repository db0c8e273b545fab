package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
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
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** The code of docs/limits.md, as two instances run it. */
class LimitSamplesTest {
    private static final String URL = SharedServers.freshRedisUrl();

    @Test
    void the_page_has_this_code() {
        DocumentedCode.isCodeOf("limits.md", LimitSamplesTest.class);
    }

    private static final class InTheProcess {
        private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

        boolean mayTry(String account) {
            return attempts.merge(account, 1, Integer::sum) <= 5;
        }
    }

    @Test
    void a_counter_in_the_process_allows_as_much_again_in_each() {
        int allowed = 0;
        for (var instance : List.of(new InTheProcess(), new InTheProcess())) {
            for (int i = 0; i < 8; i++) {
                allowed += instance.mayTry("ada") ? 1 : 0;
            }
        }
        assertThat(allowed).isEqualTo(10);
    }

    private static final class Instance implements AutoCloseable {
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
        try (var one = new Instance();
                var two = new Instance()) {
            for (int i = 0; i < 4; i++) {
                one.tryToLogIn("ada", "10.0.0.1");
                two.tryToLogIn("ada", "10.0.0.1");
            }
            one.log.addAll(two.log);
            assertThat(one.log).hasSize(8).filteredOn("logged in"::equals).hasSize(5);
        }
    }

    @Test
    void a_filter_is_added_to_an_application_that_starts() throws Exception {
        var server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (var one = new Instance()) {
            var application = new ServletContextHandler("/");
            application.addEventListener(new ServletContextListener() {
                @Override
                public void contextInitialized(ServletContextEvent event) {
                    one.protect(event.getServletContext(), one.redis.limits(new OnOutage.Closed()));
                }
            });
            server.setHandler(application);
            server.start();
            var login =
                    HttpRequest.newBuilder(server.getURI().resolve("/login")).build();
            var statuses = new ArrayList<Integer>();
            try (var client = HttpClient.newHttpClient()) {
                for (int i = 0; i < 51; i++) {
                    statuses.add(client.send(login, BodyHandlers.discarding()).statusCode());
                }
            }

            assertThat(statuses.subList(0, 50)).as("there is no such page").containsOnly(404);
            assertThat(statuses.get(50)).isEqualTo(429);
        } finally {
            server.stop();
        }
    }

    @Test
    void no_more_are_at_it_than_there_are_places() {
        try (var one = new Instance();
                var two = new Instance()) {
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
