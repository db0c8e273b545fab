package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.TcpPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    @TempDir
    Path folder;

    @Test
    void a_tcp_port_that_another_program_has_for_a_moment_is_waited_for() throws Exception {
        int port = TcpPorts.free();
        ServerSocket another = new ServerSocket();
        another.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual().start(() -> {
            try (another) {
                Thread.sleep(500); // what it needs it for
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (ServerHome home = ServerHome.lock(folder)) {
            ServerProcess server = new ServerProcess("Server", home);

            server.start(List.of("sleep", "60"), port, () -> true);

            assertThat(server.isRunning()).isTrue();
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
