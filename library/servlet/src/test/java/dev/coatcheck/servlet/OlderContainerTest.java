package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tomcat 10.1, as Spring Boot 3 has it, is of Servlet 6.0: what 6.1 brought is not there. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OlderContainerTest {
    /** Put there by the build. */
    private static final Path TOMCAT_10 = Path.of("target", "tomcat-10.1");

    private static final Pattern NEWER = Pattern.compile("(tomcat-embed-|jakarta\\.servlet-api).*");

    private final Visitor visitor = new Visitor();

    /** @param process with another Tomcat than this JVM's */
    private record Instance(Process process, URI uri) implements WebServer {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void a_log_in_behind_the_filters_may_end_in_a_redirect() throws IOException {
        try (var instance = start()) {
            assertThat(visitor.get(instance, "/container").body()).isEqualTo("6.0");

            var redirect = visitor.send("POST", instance, "/login", "Idempotency-Key", IdempotencyTest.KEY);
            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(visitor.follow(instance, redirect).body()).isEqualTo("ada@example.org");

            var again = visitor.send("POST", instance, "/login", "Idempotency-Key", IdempotencyTest.KEY);
            assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
            assertThat(again.headers().firstValue("Location"))
                    .isEqualTo(redirect.headers().firstValue("Location"));
        }
    }

    private static Instance start() throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        RedirectingInstance.class.getName())
                .redirectError(Redirect.INHERIT)
                .start();
        var serves = process.inputReader().readLine();
        if (serves == null) {
            throw new IllegalStateException("the instance ended before it served; what it said is above");
        }
        return new Instance(process, URI.create(serves));
    }

    private static String classPath() throws IOException {
        var newer = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        try (var tomcat = Files.list(TOMCAT_10)) {
            return Stream.concat(
                            tomcat.map(Path::toString),
                            newer.stream()
                                    .filter(entry -> !NEWER.matcher(
                                                    Path.of(entry).getFileName().toString())
                                            .matches()))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
