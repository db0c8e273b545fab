package dev.coatcheck.host.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.Java;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketsTest {
    @BeforeAll
    static void on_linux() {
        assumeTrue(Files.isReadable(Path.of("/proc/self/net/tcp")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::"})
    void a_server_is_known_by_its_address_and_process(String bound) throws Exception {
        try (ProcessGroup group = start(bound)) {
            int port = Integer.parseInt(group.leader().inputReader().readLine());

            List<Listening> all = Listening.of(group.pids());

            assertThat(all).containsExactly(new Listening(address(bound, port), Set.of(group.pid())));
            assertThat(Listening.on(port)).containsExactly(group.pid());
            assertThat(all.getFirst().reachableAt())
                    .allMatch(place -> place.getAddress().isLoopbackAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::"})
    void a_connection_belongs_to_nobody_until_it_is_accepted(String bound) throws Exception {
        try (ProcessGroup group = start(bound)) {
            BufferedReader said = group.leader().inputReader();
            InetSocketAddress server = address(bound, Integer.parseInt(said.readLine()));
            try (Socket socket = new Socket(
                    server.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : server.getAddress(),
                    server.getPort())) {
                InetSocketAddress client = (InetSocketAddress) socket.getLocalSocketAddress();
                assertThat(ServerEnd.holders(client, group.pids())).isEmpty();

                accept(group);
                assertThat(said.readLine()).startsWith("accepted");

                assertThat(ServerEnd.holders(client, group.pids())).containsExactly(group.pid());
                assertThat(ServerEnd.holders(
                                client, Set.of(ProcessHandle.current().pid())))
                        .isEmpty();
            }
        }
    }

    @Test
    void who_has_ended_listens_nowhere() throws Exception {
        ProcessGroup group = start("127.0.0.1");
        int port;
        Set<Long> pids;
        try (group) {
            port = Integer.parseInt(group.leader().inputReader().readLine());
            pids = group.pids();
        }

        assertThat(Listening.of(pids)).isEmpty();
        assertThat(Listening.on(port)).isEmpty();
        assertThat(Listening.canBeSeen(pids)).isTrue();
    }

    private static ProcessGroup start(String bound) throws IOException {
        return ProcessGroup.start(new ProcessBuilder(Java.command(Server.class, bound)));
    }

    private static void accept(ProcessGroup group) throws IOException {
        group.leader().getOutputStream().write('\n');
        group.leader().getOutputStream().flush();
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }
}
