package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"OVERLAY", "USER_OVERLAY"})
class OwnNetworkTest {
    private static final int FIXED_PORT = 8080;

    private final Isolation isolation;

    @TempDir
    Path app;

    OwnNetworkTest(Mechanism mechanism) {
        assumeTrue(mechanism != Mechanism.OVERLAY || OwnUser.isRoot(), "needs root");
        isolation = Isolation.by(mechanism);
    }

    @Test
    void two_instances_with_the_same_fixed_port_run_side_by_side_and_on_either_family() throws Exception {
        try (Layer first = isolation.newLayer(settings("web-1", List.of()));
                Layer second = isolation.newLayer(settings("web-2", List.of()));
                ProcessGroup one = serve(first, "127.0.0.1", "one");
                ProcessGroup two = serve(second, "::1", "two")) {
            awaitBody(first, "one");
            awaitBody(second, "two");
            assertThat(first.reach(FIXED_PORT))
                    .isEqualTo(first.reach(FIXED_PORT))
                    .isNotEqualTo(second.reach(FIXED_PORT));
            one.kill();
            assertThatThrownBy(() -> get(first)).isInstanceOf(IOException.class);
            assertThat(two.isAlive()).isTrue();
        }
    }

    @Test
    void two_processes_with_the_same_fixed_port_run_side_by_side_on_one_disk() throws Exception {
        HttpServer service = OnePage.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "service");
        InetSocketAddress address = service.getAddress();
        try (Layer disk = isolation.newLayer(settings("web-1", List.of(address)));
                ProcessGroup one = serve(disk, "127.0.0.1", "one")) {
            try (Layer beside = disk.beside();
                    ProcessGroup two = serve(beside, "127.0.0.1", "two")) {
                awaitBody(disk, "one");
                awaitBody(beside, "two");

                assertThat(beside).isEqualTo(disk).hasSameHashCodeAs(disk);
                Shell.run(disk, app, "echo shared > file");
                assertThat(Shell.run(beside, app, "cat file")).isEqualTo("shared");
                String fetch = Shell.java(app, Fetch.class, "http://127.0.0.1:" + address.getPort());
                assertThat(Shell.run(beside, app, fetch)).isEqualTo("service");
                assertThat(two.isAlive()).isTrue();
            }
            awaitBody(disk, "one");
            assertThat(one.isAlive()).isTrue();
        } finally {
            service.stop(0);
        }
    }

    @Test
    void a_backing_service_is_reached_under_its_own_port_on_both_families() throws Exception {
        HttpServer service = OnePage.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "service");
        InetSocketAddress address = service.getAddress();
        try (Layer layer = isolation.newLayer(settings("web-1", List.of(address)))) {
            String port = ":" + address.getPort();
            assertThat(Shell.run(
                            layer, app, Shell.java(app, Fetch.class, "http://127.0.0.1" + port, "http://[::1]" + port)))
                    .isEqualTo("service\nservice");
        } finally {
            service.stop(0);
        }
    }

    private LayerSettings settings(String name, List<InetSocketAddress> services) {
        return LayerSettings.of(name, app).withNetwork(new Network.Own(services));
    }

    private ProcessGroup serve(Layer layer, String address, String body) throws IOException {
        String command = Shell.java(app, OnePage.class, address, Integer.toString(FIXED_PORT), body);
        return ProcessGroup.start(Shell.builder(layer, app, command).inheritIO());
    }

    private static void awaitBody(Layer layer, String body) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(get(layer)).endsWith(body));
    }

    /** HTTP/1.0, so that the end of the response is the end of the connection. */
    private static String get(Layer layer) throws IOException {
        InetSocketAddress address = layer.reach(FIXED_PORT);
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
