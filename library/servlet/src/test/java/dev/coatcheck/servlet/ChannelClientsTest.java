package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.channels.InMemoryChannels;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other tests count by. */
class ChannelClientsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Topic ALBUM = Topic.of("album-7");

    @Test
    void a_client_that_is_told_twice_that_its_connection_is_lost_comes_back_once() {
        var access = new ChannelInstance.ByHeader();
        try (var channels = new Channels(
                        new InMemoryChannels(InstantSource.system()).attach(), ChannelSettings.defaults());
                var server = JettyServer.start(
                        (request, response, chain) -> chain.doFilter(request, response),
                        Map.of("/socket", new ChannelSocketServlet(channels, access)::service));
                var clients = new ChannelClients(ALBUM.name())) {
            clients.goTo(server.uri().getPort());
            var client = clients.connect("ada", "phone", server.uri().getPort());
            await().atMost(PATIENCE).until(() -> client.begun() == 1);
            var listener = client.listener();
            var socket = client.socket();

            listener.onClose(socket, 1011, "failed");
            listener.onError(socket, new IOException("cut"));

            await().atMost(PATIENCE).until(() -> client.begun() == 2);
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> channels.subscriptions() <= 1);
            channels.publish(ALBUM, "once");
            await().atMost(PATIENCE).until(() -> client.count() > 0);
            assertThat(client.heard()).containsExactly("once");
            assertThat(client.begun()).isEqualTo(2);
        }
    }
}
