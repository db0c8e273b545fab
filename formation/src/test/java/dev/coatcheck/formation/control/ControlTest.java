package dev.coatcheck.formation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.supervision.InstanceState;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlTest {
    @TempDir
    Path folder;

    private final AtomicInteger stops = new AtomicInteger();
    private final ControlServer.Controlled formation = new ControlServer.Controlled() {
        @Override
        public List<InstanceStatus> instances() {
            return List.of(
                    new InstanceStatus(
                            "web.1", "web", OptionalLong.of(17), 20001, InstanceState.READY, Instant.EPOCH, 2),
                    new InstanceStatus(
                            "web.2", "web", OptionalLong.empty(), 20002, InstanceState.CRASH_LOOP, Instant.EPOCH, 9));
        }

        @Override
        public void stop() {
            stops.incrementAndGet();
        }
    };

    @Test
    void instances_are_shown_and_a_stop_is_passed_on() throws IOException {
        try (ControlServer server = start(folder)) {
            assertThat(ControlClient.of(folder).instances())
                    .as("%s", server)
                    .containsExactly(
                            new InstanceView("web.1", "web", 17L, 20001, "ready", "1970-01-01T00:00:00Z", 2, null),
                            new InstanceView(
                                    "web.2", "web", null, 20002, "crash-loop", "1970-01-01T00:00:00Z", 9, null));
            ControlClient.of(folder).stop();
            assertThat(stops).hasValue(1);
        }
    }

    @Test
    void a_path_too_long_for_a_socket_is_no_obstacle() throws IOException {
        Path deep = folder.resolve("a".repeat(60)).resolve("b".repeat(60));
        Files.createDirectories(deep);
        for (int i = 0; i < 2; i++) {
            // The first one is left as if its owner had been killed.
            start(deep);
        }
        assertThat(ControlClient.of(deep).instances()).hasSize(2);
        Path socket = ControlSocket.find(deep.resolve(".coatcheck"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void the_socket_is_its_owners_only_and_goes_with_the_server() throws IOException {
        Path socket = folder.resolve(".coatcheck/control.sock");
        try (ControlServer server = start(folder)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .as("%s", server)
                    .isEqualTo("rw-------");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void without_a_formation_the_answer_is_how_to_start_one() {
        assertThatThrownBy(() -> ControlClient.of(folder).instances())
                .isInstanceOf(FormationException.class)
                .hasMessage("no formation runs in " + folder + "; 'coatcheck up " + folder
                        + "' starts one, and -C names another folder");
    }

    @Test
    void nonsense_and_silence_disturb_nobody_else() throws IOException {
        try (ControlServer server = start(folder);
                SocketChannel silent = connect();
                SocketChannel loud = connect()) {
            loud.write(StandardCharsets.UTF_8.encode("[".repeat(50_000) + "\n"));
            assertThat(loud.read(ByteBuffer.allocate(1)))
                    .as("%s %s", server, silent)
                    .isEqualTo(-1);
            assertThat(ControlClient.of(folder).instances()).hasSize(2);
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(".coatcheck/control.sock")));
    }

    private ControlServer start(Path application) throws IOException {
        return ControlServer.start(Files.createDirectories(application.resolve(".coatcheck")), formation);
    }
}
