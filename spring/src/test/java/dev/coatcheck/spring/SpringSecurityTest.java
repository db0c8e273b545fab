package dev.coatcheck.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.sessions.Sessions;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Who logs in by Spring Security's form, whichever instance answers. */
class SpringSecurityTest {
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final Map<String, String> ANN = Map.of("username", "ann", "password", "secret");

    private final Instances instances = new Instances(Club.class);
    private final String url = SharedServers.freshRedisUrl();

    @AfterEach
    void stop() {
        instances.close();
    }

    private ServletWebServerApplicationContext start(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--coatcheck.sessions.url=" + url);
        return instances.start(all.toArray(String[]::new));
    }

    /** Sends a form that came with the page at the same path from one instance to another. */
    private HttpResponse<String> submit(
            ServletWebServerApplicationContext shownBy,
            ServletWebServerApplicationContext sentTo,
            String path,
            Map<String, String> fields)
            throws IOException, InterruptedException {
        var page = CSRF.matcher(instances.get(shownBy, path));
        assertThat(page.find()).as("a token in the page at " + path).isTrue();
        var form = new LinkedHashMap<>(fields);
        form.put("_csrf", page.group(1));
        return instances.send(sentTo, path, "POST", form);
    }

    private static String location(HttpResponse<?> answer) {
        return answer.headers().firstValue("Location").orElse("none").replaceFirst("^http://[^/]+", "");
    }

    private String whoIsAsked(ServletWebServerApplicationContext instance) throws IOException, InterruptedException {
        return location(instances.send(instance, "/me", "GET", Map.of()));
    }

    @Test
    void who_logs_in_is_known_to_every_instance_until_the_log_out_on_any() throws Exception {
        var first = start();
        var second = start();
        var third = start();
        assertThat(whoIsAsked(first)).isEqualTo("/login");

        var loggedIn = submit(second, third, "/login", ANN);

        assertThat(location(loggedIn)).as("where the visitor wanted to go").startsWith("/me");
        for (var instance : new ServletWebServerApplicationContext[] {first, second, third}) {
            assertThat(instances.get(instance, "/me")).startsWith("ann [").contains("ROLE_MEMBER");
        }

        assertThat(location(submit(first, second, "/logout", Map.of()))).isEqualTo("/login?logout");
        for (var instance : new ServletWebServerApplicationContext[] {first, second, third}) {
            assertThat(whoIsAsked(instance)).isEqualTo("/login");
        }
    }

    @Test
    void a_user_is_logged_out_everywhere_by_name() throws Exception {
        var first = start();
        var second = start();
        submit(first, second, "/login", ANN);
        assertThat(instances.get(first, "/me")).startsWith("ann [");

        assertThat(second.getBean(Sessions.class).revokeAll("ann")).isOne();

        assertThat(whoIsAsked(first)).isEqualTo("/login");
        assertThat(whoIsAsked(second)).isEqualTo("/login");
    }

    @Test
    void why_a_log_in_failed_is_told_by_another_instance() throws Exception {
        var first = start();
        var second = start();

        submit(first, second, "/login", Map.of("username", "ann", "password", "wrong"));
        assertThat(instances.get(first, "/why")).isEqualTo("Bad credentials");
        submit(first, second, "/login", Map.of("username", "bob", "password", "secret"));
        assertThat(instances.get(first, "/why")).isEqualTo("User is disabled");
    }

    @Test
    void a_user_of_the_applications_own_type_is_known_where_the_type_is_named() throws Exception {
        var types = "--coatcheck.sessions.types=" + Club.Member.class.getName();
        var first = start(types);
        var second = start(types);
        var eve = Map.of("username", "eve", "password", "secret");

        assertThat(submit(first, second, "/login", eve).statusCode()).isEqualTo(302);

        assertThat(instances.get(first, "/me")).startsWith("eve [").contains("ROLE_MEMBER");
    }

    @Test
    void a_user_of_a_type_that_nobody_named_is_not_logged_in() throws Exception {
        var first = start();
        var eve = Map.of("username", "eve", "password", "secret");

        assertThat(submit(first, first, "/login", eve).statusCode()).isEqualTo(500);

        assertThat(whoIsAsked(first)).isEqualTo("/login");
    }

    @Test
    void a_request_that_a_log_in_interrupted_is_kept_without_what_opens_the_session() throws Exception {
        var first = start();
        instances.get(first, "/login"); // with a token, so a session
        assertThat(whoIsAsked(first)).isEqualTo("/login");

        assertThat(stored()).contains("spring-security.saved-request").doesNotContain(instances.sessionCookie());
    }

    /** All that the store has. */
    private String stored() {
        var client = RedisClient.create(url);
        try (var connection = client.connect()) {
            var redis = connection.sync();
            return redis.keys("*").stream()
                    .filter(key -> redis.type(key).equals("hash"))
                    .map(key -> redis.hgetall(key).toString())
                    .collect(Collectors.joining());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
