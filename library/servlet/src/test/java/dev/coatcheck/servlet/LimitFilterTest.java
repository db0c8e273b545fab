package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.LocalLimits;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Which requests pass, and what the others are told. */
@ParameterizedClass
@EnumSource(Container.class)
class LimitFilterTest {
    private static final Limit TWO = Limit.of("two", 2, Duration.ofHours(1));
    private static final LimitRule BY_USER =
            new LimitRule(TWO, request -> Optional.ofNullable(request.getHeader("X-User")));
    private static final LimitRule BY_ADDRESS =
            new LimitRule(Limit.of("per \"address\"", 3, Duration.ofMinutes(3)), ClientAddress.behind(1));

    private final LocalLimits limits = new LocalLimits(LocalLimits.monotonicClock(), 1_000);
    private final AtomicInteger runs = new AtomicInteger();
    private final Visitor visitor = new Visitor();
    private final List<WebServer> servers = new ArrayList<>();

    @Parameter
    Container container = Container.JETTY;

    private WebServer start(LimitFilter filter, Page page) {
        var server = container.start(filter, Map.of("/pay", (request, response) -> {
            runs.incrementAndGet();
            page.serve(request, response);
        }));
        servers.add(server);
        return server;
    }

    private WebServer start(LimitRule... rules) {
        return start(
                new LimitFilter(limits, rules),
                (request, response) -> response.getWriter().print("paid"));
    }

    private HttpResponse<String> get(WebServer server, String... headers) {
        return visitor.get(server, "/pay", headers);
    }

    @AfterEach
    void closeServers() {
        servers.forEach(WebServer::close);
    }

    @Test
    void requests_pass_as_often_as_the_limit_allows_and_are_told_what_is_left() {
        var server = start(BY_USER);

        var first = get(server, "X-User", "ada");
        assertThat(first.body()).isEqualTo("paid");
        assertThat(first.headers().allValues("RateLimit-Policy")).containsExactly("\"two\";q=2;w=3600");
        assertThat(first.headers().allValues("RateLimit")).containsExactly("\"two\";r=1;t=1800");
        assertThat(first.headers().firstValue("Retry-After")).isEmpty();
        get(server, "X-User", "ada");

        var refused = get(server, "X-User", "ada");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(refused.body())
                .contains("#quota-exceeded", "\"status\":429", "\"violated-policies\":[\"two\"]", "limit_exceeded");
        long wait = Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow());
        assertThat(wait).isBetween(1_700L, 1_800L);
        assertThat(refused.headers().allValues("RateLimit")).containsExactly("\"two\";r=0;t=" + wait);
        assertThat(refused.headers().allValues("RateLimit-Policy")).containsExactly("\"two\";q=2;w=3600");
        assertThat(get(server, "X-User", "grace").statusCode()).isEqualTo(200);
        assertThat(runs).hasValue(3);
    }

    @Test
    void a_request_without_a_key_passes_and_is_told_nothing() {
        var server = start(BY_USER);
        for (int i = 0; i < 5; i++) {
            assertThat(get(server).headers().firstValue("RateLimit")).isEmpty();
        }
        assertThat(runs).hasValue(5);
    }

    @Test
    void several_limits_spend_all_or_nothing_and_the_one_that_has_least_is_told() {
        var server = start(BY_USER, BY_ADDRESS);

        var first = get(server, "X-User", "ada");
        assertThat(first.headers().firstValue("RateLimit-Policy"))
                .contains("\"two\";q=2;w=3600, \"per \\\"address\\\"\";q=3;w=180");
        assertThat(first.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"two\";r=1;");
        get(server, "X-User", "ada");
        for (int i = 0; i < 5; i++) {
            assertThat(get(server, "X-User", "ada").statusCode()).isEqualTo(429);
        }

        var last = get(server, "X-User", "grace");
        assertThat(last.headers().firstValue("RateLimit").orElseThrow())
                .as("what was refused has cost the address nothing")
                .startsWith("\"per \\\"address\\\"\";r=0;");
        var refused = get(server, "X-User", "grace");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"violated-policies\":[\"per \\\"address\\\"\"]");
    }

    @Test
    void a_forged_address_is_not_believed() {
        var server = start(BY_ADDRESS);
        var proxyAdded = ", 198.51.100.7";
        for (var forged : List.of("203.0.113.1", "unknown", "\"", "1.2.3.4, 5.6.7.8")) {
            get(server, "X-Forwarded-For", forged + proxyAdded);
        }

        assertThat(get(server, "X-Forwarded-For", "203.0.113.99" + proxyAdded).statusCode())
                .isEqualTo(429);
        assertThat(get(server, "X-Forwarded-For", "203.0.113.99").statusCode()).isEqualTo(200);
    }

    @Test
    void one_visitor_has_all_of_a_network_of_64_bits_and_every_way_to_write_an_address_is_one() {
        var server = start(BY_ADDRESS);
        for (var same : List.of("2001:db8::1", "2001:0DB8:0:0:ffff::2", "[2001:db8::3]:4711")) {
            assertThat(get(server, "X-Forwarded-For", same).statusCode()).isEqualTo(200);
        }
        assertThat(get(server, "X-Forwarded-For", "2001:db8::4%eth0").statusCode())
                .isEqualTo(429);
        for (var same : List.of("192.0.2.1", "192.0.2.1:4711", "::ffff:192.0.2.1")) {
            assertThat(get(server, "X-Forwarded-For", same).statusCode()).isEqualTo(200);
        }
        assertThat(get(server, "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(429);
    }

    @Test
    void what_is_no_address_counts_for_who_made_the_connection() {
        var server = start(BY_ADDRESS);
        for (var odd : List.of("999.1.1.1", "010.0.0.1", "example.org", ":".repeat(4_000))) {
            get(server, "X-Forwarded-For", odd);
        }
        assertThat(get(server).statusCode()).isEqualTo(429);
        assertThat(get(server, "X-Forwarded-For", "1".repeat(4_000)).statusCode())
                .isEqualTo(429);
        assertThat(runs).hasValue(3);
    }

    @Test
    void any_header_is_a_key() {
        var server = start(BY_USER);
        for (var key : List.of("x".repeat(4_000), "'; drop table limits --", "\u00e9\u00ff", "{}")) {
            get(server, "X-User", key);
            get(server, "X-User", key);
            assertThat(get(server, "X-User", key).statusCode()).isEqualTo(429);
        }
    }

    @Test
    void without_the_store_a_limit_that_is_to_be_closed_answers_503() {
        var server = start(new LimitFilter(new CutOff(), BY_USER), (request, response) -> {});

        var answer = get(server, "X-User", "ada");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        assertThat(answer.body()).contains("limit_store_unavailable");
        assertThat(runs).hasValue(0);
    }

    @Test
    void what_turns_out_not_to_count_is_given_back_once() {
        var server = start(new LimitFilter(limits, BY_USER), (request, response) -> {
            LimitFilter.refund(request);
            LimitFilter.refund(request);
        });
        for (int i = 0; i < 10; i++) {
            assertThat(get(server, "X-User", "ada").statusCode()).isEqualTo(200);
        }
        assertThat(runs).hasValue(10);
    }

    @Test
    void a_request_counts_once_however_often_it_is_dispatched() {
        var server = start(new LimitFilter(limits, BY_USER), (request, response) -> {
            if (request.getAttribute("again") == null) {
                request.setAttribute("again", true);
                request.startAsync().dispatch("/pay");
            } else {
                response.getWriter().print("paid");
            }
        });

        assertThat(get(server, "X-User", "ada").body()).isEqualTo("paid");
        assertThat(get(server, "X-User", "ada").body()).isEqualTo("paid");
        assertThat(get(server, "X-User", "ada").statusCode()).isEqualTo(429);
    }

    @Test
    void rules_that_clients_cannot_tell_apart_are_a_mistake() {
        assertThatThrownBy(() -> new LimitFilter(limits)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LimitFilter(limits, BY_USER, BY_USER))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LimitRule(Limit.of("a\nb", 1, Duration.ofHours(1)), ClientAddress.behind(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClientAddress.behind(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A store that is away, for limits that are to be closed then. */
    private static final class CutOff implements Limits {
        @Override
        public Decision acquire(List<Ask> asks) {
            throw new BackingServiceException("the store under test", "acquire", new IOException("cut off"));
        }

        @Override
        public void refund(Decision.Reservation reservation) {}
    }
}
