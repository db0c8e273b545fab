package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisMonitor;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Instances that share nothing but a real Redis, not even the kind of container. */
@ParameterizedClass
@EnumSource(Container.class)
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

    @Parameter
    Container container = Container.JETTY;

    /** An instance with a connection of its own. */
    private record Instance(Redis redis, WebServer server) implements AutoCloseable {
        static Instance start(Container container, String url) {
            var redis = Redis.attach(url);
            var filter =
                    new SessionFilter(redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults());
            return new Instance(redis, container.start(filter, PAGES));
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
        try (var one = Instance.start(container, url);
                var two = Instance.start(container.other(), url)) {
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
        try (var instance = Instance.start(container, url);
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
                var first = container.start(new LimitFilter(one.limits(new OnOutage.Closed()), rule), PAGES);
                var second = container.other().start(new LimitFilter(two.limits(new OnOutage.Closed()), rule), PAGES)) {
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
    void a_redis_that_is_full_is_a_503_for_what_is_to_be_kept_and_for_nothing_else(@TempDir Path home) {
        var settings = ServerSettings.at(home.resolve("redis")).withDurability(Durability.PROCESS_LOSS);
        var rule = new LimitRule(Limit.of("ten", 10, Duration.ofHours(1)), ClientAddress.behind(0));
        var once = IdempotencyFilterSettings.forUser(request -> Optional.of("ada"));
        var runs = new AtomicInteger();
        Map<String, Page> paid = Map.of("/pay", (request, response) -> runs.incrementAndGet());
        try (var redis = RedisServer.start(settings);
                var instance = Instance.start(container, redis.url());
                var store = Redis.attach(redis.url());
                var closed = container.start(new LimitFilter(store.limits(new OnOutage.Closed()), rule), PAGES);
                var open = container.start(new LimitFilter(store.limits(new OnOutage.Open()), rule), PAGES);
                var paying = container.start(
                        new IdempotencyFilter(store.idempotency(IdempotencySettings.defaults()), once), paid)) {
            visitor.get(instance.server(), "/login");
            limitMemory(redis, "1");

            assertThat(new Visitor().get(instance.server(), "/login").statusCode())
                    .isEqualTo(503);
            assertThat(visitor.get(instance.server(), "/me").body()).isEqualTo("ada@example.org dark");
            assertThat(visitor.get(closed, "/plain").statusCode()).isEqualTo(503);
            assertThat(visitor.get(open, "/plain").body()).isEqualTo("plain");
            assertThat(visitor.send("POST", paying, "/pay", "Idempotency-Key", "a")
                            .statusCode())
                    .isEqualTo(503);
            assertThat(runs).as("what could not be remembered is not run").hasValue(0);

            limitMemory(redis, "0");
            assertThat(new Visitor().get(instance.server(), "/login").statusCode())
                    .isEqualTo(302);
            assertThat(visitor.get(closed, "/plain").statusCode()).isEqualTo(200);
            visitor.send("POST", paying, "/pay", "Idempotency-Key", "a");
            assertThat(runs).hasValue(1);
        }
    }

    private static void limitMemory(RedisServer redis, String bytes) {
        var client = RedisClient.create(redis.url());
        try (var connection = client.connect()) {
            connection.sync().configSet("maxmemory", bytes);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    @Test
    void a_redis_that_was_killed_is_a_503_and_the_session_is_there_when_it_is_back(@TempDir Path home) {
        var settings = ServerSettings.at(home.resolve("redis")).withDurability(Durability.PROCESS_LOSS);
        try (var redis = RedisServer.start(settings);
                var instance = Instance.start(container, redis.url())) {
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
