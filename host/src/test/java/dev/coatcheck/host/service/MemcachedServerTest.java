package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ExitStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemcachedServerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void isInstalled() {
        assumeTrue(MemcachedServer.isInstalled(), "memcached is not installed");
    }

    @Test
    void it_serves_on_loopback_with_bounded_memory_and_not_as_root() throws Exception {
        try (MemcachedServer server = MemcachedServer.start(ServerSettings.at(folder))) {
            assertThat(server.version()).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(send(server, "set coat 0 0 2\r\n17")).isEqualTo("STORED\r\n");
            assertThat(send(server, "get coat")).isEqualTo("VALUE coat 0 2\r\n17\r\nEND\r\n");
            assertThat(send(server, "stats settings"))
                    .contains("STAT maxbytes 67108864\r\n", "STAT inter 127.0.0.1\r\n", "STAT udpport 0\r\n");
            assertThat(Files.readString(Path.of("/proc", statistic(server, "pid"), "status")))
                    .containsPattern("Uid:\\s+[1-9]");
        }
    }

    @Test
    void it_starts_again_empty_on_the_same_url() throws Exception {
        try (MemcachedServer server = MemcachedServer.start(ServerSettings.at(folder))) {
            send(server, "set coat 0 0 2\r\n17");
            String url = server.url();
            CompletableFuture<ExitStatus> exit = server.onExit();
            server.kill();
            assertThat(exit.get(10, TimeUnit.SECONDS)).hasToString("ended by SIGKILL");
            server.start();
            assertThat(server.url()).isEqualTo(url);
            assertThat(send(server, "get coat")).isEqualTo("END\r\n");
        }
    }

    private static String statistic(MemcachedServer server, String name) throws IOException {
        var line = Pattern.compile("STAT " + name + " (\\S+)").matcher(send(server, "stats"));
        assertThat(line.find()).isTrue();
        return line.group(1);
    }

    private static String send(MemcachedServer server, String command) throws IOException {
        URI url = URI.create(server.url());
        assertThat(url.getScheme()).isEqualTo("memcached");
        try (Socket socket = new Socket(InetAddress.getByName(url.getHost()), url.getPort())) {
            socket.getOutputStream().write((command + "\r\nquit\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
