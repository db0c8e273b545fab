package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisMonitor;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances that share nothing but a real Redis. */
class OnRedisTest {
    private static final Map<String, Page> PAGES = Map.of(
            "/login",
            (request, response) -> {
                SessionUser.logIn(request, "ada@example.org");
                request.getSession().setAttribute("theme", "dark");
                response.sendRedirect("/me");
            },
            "/me",
            (request, response) -> {
                var user = SessionUser.of(request);
                if (user.isEmpty()) {
                    response.sendError(401);
                    return;
                }
                response.getWriter()
                        .print(user.get() + " " + request.getSession().getAttribute("theme"));
            },
            "/logout",
            (request, response) -> request.getSession().invalidate(),
            "/plain",
            (request, response) -> response.getWriter().print("plain"));

    private final Visitor visitor = new Visitor();

    /** An instance with a connection of its own. */
    private record Instance(Redis redis, WebServer server) implements AutoCloseable {
        static Instance start(String url) {
            var redis = Redis.attach(url);
            var filter =
                    new SessionFilter(redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults());
            return new Instance(redis, JettyServer.start(filter, PAGES));
        }

        @Override
        public void close() {
            server.close();
            redis.close();
        }
    }

    @Test
    void who_logs_in_at_one_instance_is_known_to_the_other_before_the_redirect_arrives() {
        var url = SharedServers.freshRedisUrl();
        try (var one = Instance.start(url);
                var two = Instance.start(url)) {
            var redirect = visitor.get(one.server(), "/login");

            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(visitor.follow(two.server(), redirect).body()).isEqualTo("ada@example.org dark");

            var copy = new Visitor();
            copy.cookies.putAll(visitor.cookies);
            visitor.get(two.server(), "/logout");
            assertThat(copy.get(one.server(), "/me").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void a_request_that_reads_its_session_is_one_command() throws IOException {
        var url = SharedServers.freshRedisUrl();
        try (var instance = Instance.start(url);
                var monitor = new RedisMonitor(url)) {
            visitor.get(instance.server(), "/login");

            assertThat(monitor.commandsDuring(() -> visitor.get(instance.server(), "/me")))
                    .hasSize(1);
            assertThat(monitor.commandsDuring(() -> visitor.get(instance.server(), "/plain")))
                    .isEmpty();
        }
    }

    @Test
    void a_limit_is_counted_once_for_both_instances() {
        var url = SharedServers.freshRedisUrl();
        var rule = new LimitRule(Limit.of("three", 3, Duration.ofHours(1)), ClientAddress.behind(0));
        try (var one = Redis.attach(url);
                var two = Redis.attach(url);
                var first = JettyServer.start(new LimitFilter(one.limits(new OnOutage.Closed()), rule), PAGES);
                var second = TomcatServer.start(new LimitFilter(two.limits(new OnOutage.Closed()), rule), PAGES)) {
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

    @Test
    void a_redis_that_was_killed_is_a_503_and_the_session_is_there_when_it_is_back(@TempDir Path home) {
        var settings = ServerSettings.at(home.resolve("redis")).withDurability(Durability.PROCESS_LOSS);
        try (var redis = RedisServer.start(settings);
                var instance = Instance.start(redis.url())) {
            visitor.get(instance.server(), "/login");

            redis.kill();
            var answer = visitor.get(instance.server(), "/me");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
            assertThat(visitor.get(instance.server(), "/plain").statusCode()).isEqualTo(200);

            redis.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(
                                    visitor.get(instance.server(), "/me").body())
                            .isEqualTo("ada@example.org dark"));
        }
    }
}
