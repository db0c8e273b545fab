package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.TcpPorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    @TempDir
    Path folder;

    @Test
    void a_tcp_port_that_another_program_has_for_a_moment_is_waited_for() throws Exception {
        int port = TcpPorts.free();
        try (ServerHome home = ServerHome.lock(folder)) {
            ServerProcess server = new ServerProcess("Server", home);
            FutureTask<Boolean> start = new FutureTask<>(() -> {
                server.start(List.of("sleep", "60"), port, () -> true);
                return server.isRunning();
            });
            try (ServerSocket another = new ServerSocket()) {
                another.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                Thread starting = Thread.startVirtualThread(start);
                await().until(() -> starting.getState() == Thread.State.TIMED_WAITING);
            }

            assertThat(start.get(20, TimeUnit.SECONDS)).isTrue();
            server.kill();
        }
    }

    @Test
    void a_server_that_was_beaten_to_its_tcp_port_tries_again() throws Exception {
        try (ServerHome home = ServerHome.lock(folder)) {
            ServerProcess server = new ServerProcess("Server", home);

            server.start(List.of("sh", "-c", """
                            if mkdir beaten 2>/dev/null; then echo 'bind: Address already in use'; exit 1; fi
                            touch serves; exec sleep 60"""), TcpPorts.free(), () -> Files.exists(folder.resolve("serves")));

            assertThat(server.isRunning()).isTrue();
            server.kill();
        }
    }

    @Test
    void a_server_that_fails_for_another_reason_does_not() throws Exception {
        try (ServerHome home = ServerHome.lock(folder)) {
            ServerProcess server = new ServerProcess("Server", home);

            assertThatThrownBy(() -> server.start(
                            List.of("sh", "-c", "echo tried >>tries; echo no such option; exit 1"),
                            TcpPorts.free(),
                            () -> false))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("no such option");
            assertThat(folder.resolve("tries")).hasContent("tried");
        }
    }
}
