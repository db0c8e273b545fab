package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The samples of {@code docs/spring.md}, as two instances run them. */
class SpringGuideTest {
    private static final List<String> USUAL =
            List.of("--server.port=0", "--spring.main.banner-mode=off", "--logging.level.root=warn");

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Pages.class)
    static class Shop {}

    @RestController
    static class Pages {
        @PostMapping("/login")
        String logIn(@RequestParam String name, HttpSession session) {
            session.setAttribute("user", name); // in the memory of whichever process answered
            return name;
        }

        @GetMapping("/me")
        String me(HttpSession session) {
            return String.valueOf(session.getAttribute("user"));
        }
    }

    @Test
    void the_same_code_breaks_with_two_processes_and_does_not_with_a_dependency_and_a_url() {
        assertThat(whoIsKnownThere("--spring.autoconfigure.exclude=dev.coatcheck.spring.SessionsAutoConfiguration"))
                .isEqualTo("null");
        assertThat(whoIsKnownThere(
                        "--REDIS_URL=" + SharedServers.freshRedisUrl(), "--coatcheck.sessions.url=${REDIS_URL}"))
                .isEqualTo("ann");
    }

    private static String whoIsKnownThere(String... arguments) {
        try (var here = instance(arguments);
                var there = instance(arguments);
                var visitor = new Visitor()) {
            visitor.send("POST", at(here, "/login?name=ann"));
            return visitor.get(at(there, "/me"));
        }
    }

    private static ServletWebServerApplicationContext instance(String... arguments) {
        var all = Stream.concat(USUAL.stream(), Arrays.stream(arguments)).toArray(String[]::new);
        return (ServletWebServerApplicationContext) new SpringApplication(Shop.class).run(all);
    }

    private static URI at(ServletWebServerApplicationContext instance, String path) {
        return URI.create("http://127.0.0.1:"
                + Objects.requireNonNull(instance.getWebServer()).getPort() + path);
    }
}
