package dev.coatcheck.process.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes, real signals. */
class TerminationTest {

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws InterruptedException {
            var drainTimeout = Duration.ofMillis(Long.parseLong(arguments[1]));
            try (var lifecycle = Lifecycle.start(drainTimeout)) {
                lifecycle.onStop(Phase.LISTENERS, "http", () -> System.out.println("http closed"));
                lifecycle.onStop(Phase.WORK, "request", () -> work(arguments[0]));
                lifecycle.onStop(Phase.CLIENTS, "redis", () -> System.out.println("redis closed"));
                if (arguments[0].equals("dies")) {
                    throw new IllegalStateException("cannot start");
                }
                // What a careless library leaves behind must not keep the process alive.
                Thread.ofPlatform().daemon(false).start(Main::forever);
                switch (arguments[0]) {
                    case "exits" -> System.exit(7);
                    case "closes" -> {
                        lifecycle.stop("done");
                        lifecycle.awaitStopped();
                    }
                    case "hangs after exit" ->
                        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Main::forever));
                    default -> lifecycle.ready();
                }
                System.out.println("up");
                lifecycle.awaitStopped();
            }
        }

        private static void work(String kind) {
            System.out.println("working");
            switch (kind) {
                case "hangs" -> forever();
                case "throws" -> throw new IllegalStateException("lost work");
                default -> System.out.println("finished");
            }
        }

        private static void forever() {
            while (true) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException ignored) {
                    // This is the kind that ignores it.
                }
            }
        }
    }

    private static ChildProcess start(String kind, String drainMillis) throws IOException {
        return ChildProcess.start(Main.class, Map.of("LOG_LEVEL", "off"), kind, drainMillis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void a_signal_runs_every_step_in_order_and_ends_the_process_with_status_0(String signal) throws Exception {
        try (var child = start("well", "10000")) {
            child.awaitLine("up");
            child.signal(signal);

            assertThat(child.awaitExit()).isZero();
            assertThat(child.output()).containsExactly("up", "http closed", "working", "finished", "redis closed");
        }
    }

    @Test
    void a_second_sigterm_ends_the_process_at_once_with_status_143() throws Exception {
        try (var child = start("hangs", "600000")) {
            child.awaitLine("up");
            child.signal("TERM");
            child.awaitLine("working");
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                child.signal("TERM");
                return !child.isAlive();
            });

            assertThat(child.awaitExit()).isEqualTo(143);
            assertThat(child.output()).containsExactly("up", "http closed", "working");
        }
    }

    @Test
    void a_sigterm_that_a_wrapper_passes_on_right_after_the_first_leaves_the_drain_its_time() throws Exception {
        try (var child = start("hangs", "700")) {
            child.awaitLine("up");
            child.signal("TERM");
            child.signal("TERM");

            assertThat(child.awaitExit()).isEqualTo(1);
            assertThat(child.output()).containsExactly("up", "http closed", "working", "redis closed");
        }
    }

    @Test
    void a_sigterm_that_follows_a_sigint_leaves_the_drain_its_time() throws Exception {
        try (var child = start("hangs", "700")) {
            child.awaitLine("up");
            child.signal("INT");
            child.awaitLine("working");
            child.signal("TERM");

            assertThat(child.awaitExit()).isEqualTo(1);
            assertThat(child.output()).containsExactly("up", "http closed", "working", "redis closed");
        }
    }

    @Test
    void work_that_overruns_the_drain_timeout_is_given_up_and_told_by_status_1() throws Exception {
        try (var child = start("hangs", "2000")) {
            child.awaitLine("up");
            child.signal("TERM");

            assertThat(child.awaitExit()).isEqualTo(1);
            assertThat(child.output()).containsExactly("up", "http closed", "working", "redis closed");
        }
    }

    @Test
    void a_step_that_throws_is_told_by_status_1() throws Exception {
        try (var child = start("throws", "10000")) {
            child.awaitLine("up");
            child.signal("TERM");

            assertThat(child.awaitExit()).isEqualTo(1);
            assertThat(child.output()).containsExactly("up", "http closed", "working", "redis closed");
        }
    }

    @Test
    void an_exit_from_anywhere_runs_the_steps_first_and_keeps_its_status() throws Exception {
        try (var child = start("exits", "10000")) {
            assertThat(child.awaitExit()).isEqualTo(7);
            assertThat(child.output()).containsExactly("http closed", "working", "finished", "redis closed");
        }
    }

    @Test
    void a_shutdown_hook_of_another_that_hangs_is_given_up() throws Exception {
        try (var child = start("hangs after exit", "10000")) {
            child.awaitLine("up");
            child.signal("TERM");

            assertThat(child.awaitExit()).isZero();
        }
    }

    @Test
    void a_failure_during_the_start_closes_what_was_opened_and_is_told_by_status_1() throws Exception {
        try (var child = start("dies", "10000")) {
            assertThat(child.awaitExit()).isEqualTo(1);
            assertThat(child.output()).containsExactly("http closed", "working", "finished", "redis closed");
        }
    }

    @Test
    void a_signal_after_the_program_closed_its_lifecycle_ends_the_process_as_it_would_without() throws Exception {
        try (var child = start("closes", "10000")) {
            child.awaitLine("up");
            child.signal("TERM");

            assertThat(child.awaitExit()).isEqualTo(143);
            assertThat(child.output()).containsExactly("http closed", "working", "finished", "redis closed", "up");
        }
    }
}
