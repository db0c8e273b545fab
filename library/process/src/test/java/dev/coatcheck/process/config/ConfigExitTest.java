package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.coatcheck.process.ChildProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConfigExitTest {
    record Web(URI databaseUrl, int port) {}

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            var config = Config.orExit(Web.class);
            System.out.println("started on " + config.port());
        }
    }

    @Test
    void a_wrong_configuration_ends_the_process_with_status_78_and_the_report_on_standard_error() throws Exception {
        try (var child = ChildProcess.start(Main.class, Map.of("DATABSE_URL", "x", "PORT", "80a"))) {
            assertThat(child.awaitExit()).isEqualTo(78);
            assertThat(child.output()).isEmpty();
            assertThat(String.join("\n", child.errors()))
                    .contains(
                            "2 problems",
                            "DATABASE_URL is not set",
                            "DATABSE_URL is set: did you mean",
                            "PORT is \"80a\"");
        }
    }

    @Test
    void a_right_configuration_starts() throws Exception {
        try (var child = ChildProcess.start(Main.class, Map.of("DATABASE_URL", "db:x", "PORT", "80"))) {
            assertThat(child.awaitExit()).isZero();
            assertThat(child.output()).containsExactly("started on 80");
        }
    }

    @Test
    void the_report_is_printed_before_the_exit() {
        var printed = new ByteArrayOutputStream();
        var status = new AtomicInteger();
        var config = Config.from(Map.of("PORT", "80"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() ->
                        config.orExit(Web.class, new PrintStream(printed, true, StandardCharsets.UTF_8), status::set));

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("DATABASE_URL is not set");
        assertThat(status).hasValue(Config.EXIT_STATUS);
    }
}
