package dev.coatcheck.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProcessEndTest {
    @Test
    void a_process_that_nobody_here_started_has_ended_when_it_is_a_zombie_too() throws IOException {
        Process parent =
                new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; sleep 0.2 & echo $!; exec sleep 600").start();
        try (var lines = parent.inputReader()) {
            ProcessHandle living =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            ProcessHandle zombie =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(ProcessEnd.await(zombie, Duration.ofSeconds(10))).isTrue();
            assertThat(ProcessEnd.await(living, Duration.ofMillis(50))).isFalse();
            living.destroyForcibly();
            assertThat(ProcessEnd.await(living, Duration.ofSeconds(10))).isTrue();
        } finally {
            parent.destroyForcibly();
        }
    }
}
