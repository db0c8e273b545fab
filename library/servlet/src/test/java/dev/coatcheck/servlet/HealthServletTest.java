package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.process.health.Health;
import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.process.health.Metrics;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.logs.Logs;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

@ParameterizedClass
@EnumSource(Container.class)
class HealthServletTest {
    private final Visitor visitor = new Visitor();

    @Parameter
    Container container = Container.JETTY;

    @Test
    void serves_health_and_metrics() {
        try (var lifecycle = Lifecycle.embedded(Duration.ofSeconds(1));
                var metrics = Metrics.of(lifecycle)) {
            var health = new HealthServlet(new HealthEndpoints(Health.of(lifecycle), metrics));
            Page page = health::service;
            Map<String, Page> pages =
                    Map.of("/health/live", page, "/health/ready", page, "/metrics", page, "/other", page);
            try (var server = container.start(new RequestIdFilter(), pages)) {
                assertThat(visitor.get(server, "/health/live").statusCode()).isEqualTo(200);
                assertThat(visitor.get(server, "/health/ready").statusCode()).isEqualTo(503);
                lifecycle.ready();
                var ready = visitor.get(server, "/health/ready");
                assertThat(ready.statusCode()).isEqualTo(200);
                assertThat(ready.body()).contains("\"ready\":true");
                assertThat(ready.headers().firstValue("Cache-Control")).contains("no-store");
                assertThat(visitor.get(server, "/metrics").body()).contains("coatcheck_lifecycle_state");
                assertThat(visitor.get(server, "/other").statusCode()).isEqualTo(404);
                assertThat(visitor.send("POST", server, "/health/live").statusCode())
                        .isEqualTo(405);
            }
        }
    }

    @Test
    void the_routers_request_id_is_on_the_log_lines_of_the_request() {
        Page show = (request, response) -> response.getWriter().print(MDC.get(Logs.REQUEST_ID));
        try (var server = container.start(new RequestIdFilter(), Map.of("/id", show))) {
            assertThat(visitor.get(server, "/id", "X-Request-Id", "abc-1.2").body())
                    .isEqualTo("abc-1.2");
            assertThat(visitor.get(server, "/id", "X-Request-Id", "{\"a\": 1}").body())
                    .hasSize(36);
            assertThat(visitor.get(server, "/id").body()).hasSize(36);
        }
    }
}
