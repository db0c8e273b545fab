package dev.coatcheck.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CuttableNetworkTest {
    private static final int PATIENCE_MILLIS = 60_000;

    @BeforeEach
    void needsNamespaces() {
        assumeTrue(
                CuttableNetwork.obstacle().isEmpty(),
                () -> CuttableNetwork.obstacle().orElse(""));
    }

    /** A process inside that sends on whatever it is told. */
    private static ProcessGroup sender(CuttableNetwork network, int tcpPort) throws IOException {
        List<String> command = new ArrayList<>(network.enter());
        command.addAll(List.of("bash", "-c", "exec cat >/dev/tcp/127.0.0.1/" + tcpPort));
        return ProcessGroup.start(new ProcessBuilder(command).redirectErrorStream(true));
    }

    private static void say(BufferedWriter sender, String line) throws IOException {
        sender.write(line);
        sender.newLine();
        sender.flush();
    }

    @Test
    void what_is_sent_while_the_link_is_cut_arrives_after_the_mend_on_the_same_connection() throws IOException {
        try (CuttableNetwork network = CuttableNetwork.open();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ProcessGroup inside = sender(network, server.getLocalPort())) {
            server.setSoTimeout(PATIENCE_MILLIS);
            try (Socket socket = server.accept();
                    BufferedWriter sender = inside.leader().outputWriter();
                    BufferedReader heard = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                say(sender, "before");
                assertThat(heard.readLine()).isEqualTo("before");

                network.cut();
                say(sender, "meanwhile");
                socket.setSoTimeout(500);
                assertThatThrownBy(heard::readLine).isInstanceOf(SocketTimeoutException.class);
                assertThat(inside.isAlive()).as("it is told of nothing").isTrue();
                network.mend();

                socket.setSoTimeout(PATIENCE_MILLIS);
                assertThat(heard.readLine()).isEqualTo("meanwhile");
            }
        }
    }

    @Test
    void nothing_of_it_is_left_when_it_is_closed_although_something_that_was_sent_has_not_arrived() throws IOException {
        Path device;
        try (CuttableNetwork network = CuttableNetwork.open();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ProcessGroup inside = sender(network, server.getLocalPort())) {
            device = Path.of("/sys/class/net", "cut" + network.enter().get(2));
            assertThat(device).exists();
            server.setSoTimeout(PATIENCE_MILLIS);
            try (Socket socket = server.accept();
                    BufferedWriter sender = inside.leader().outputWriter()) {
                assertThat(socket.isConnected()).isTrue();
                network.cut();
                say(sender, "meanwhile");
            }
        }

        assertThat(device).doesNotExist();
    }
}
