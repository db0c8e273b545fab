package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.servlet.ChannelClients.Client;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two instances in JVMs of their own, many sockets, and one instance that is killed. */
class ChannelInstancesTest {
    private static final int MESSAGES = 30;
    private static final int HEAP_MEBIBYTES = 192;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Topic ALBUM = Topic.of("album-7");
    private static final Topic BRIEF = Topic.of("brief");

    private static Peer start(Store store, String url) {
        return switch (store) {
            case REDIS ->
                Peer.startWithHeap(HEAP_MEBIBYTES, ChannelInstance.OnRedis.class, url, ChannelInstance.Serve.class);
            case POSTGRES ->
                Peer.startWithHeap(HEAP_MEBIBYTES, ChannelInstance.OnPostgres.class, url, ChannelInstance.Serve.class);
            case MEMCACHED -> throw new IllegalArgumentException("it has no channels");
        };
    }

    private static void await(Collection<Client> clients, Predicate<Client> state) {
        Awaitility.await().atMost(PATIENCE).until(() -> clients.stream().allMatch(state));
    }

    @ParameterizedTest
    @CsvSource({"REDIS, 1000", "POSTGRES, 300"})
    void all_clients_hear_everything_once_and_in_order_although_one_of_two_instances_is_killed(Store store, int count)
            throws Exception {
        killOneOfTwo(store, count);
    }

    @Test
    @Tag("long")
    void a_thousand_clients_hear_everything_on_postgresql_too() throws Exception {
        killOneOfTwo(Store.POSTGRES, 1_000);
    }

    private static void killOneOfTwo(Store store, int count) throws Exception {
        var url = store.freshUrl();
        try (var publisher = ChannelPublisher.on(store, url);
                var one = start(store, url);
                var two = start(store, url);
                var album = new ChannelClients(ALBUM.name());
                var brief = new ChannelClients(BRIEF.name())) {
            int first = ChannelInstance.tcpPort(one);
            int second = ChannelInstance.tcpPort(two);
            album.goTo(second);
            var clients = new ArrayList<>(connect(album, count, first, second));
            var late = brief.connect("late", "late", first);
            await(clients, client -> client.begun() == 1);
            awaitPresent(publisher.channels(), clients, PATIENCE);

            publisher.channels().revokeSession("session-7");
            var revoked = List.of(clients.get(7), clients.get(7 + count / 2));
            await(revoked, client -> client.closeCode() == 1008);
            clients.removeAll(revoked);
            assertThat(clients)
                    .allSatisfy(client -> assertThat(client.closeCode()).isZero());

            publisher.brief().publish(BRIEF, "seen");
            await(List.of(late), client -> client.count() == 1);
            late.stayAway();
            var gone = List.copyOf(clients.subList(0, count / 20));
            gone.forEach(Client::stayAway);
            publish(publisher.channels(), 0, MESSAGES / 3);
            one.kill();
            publish(publisher.channels(), MESSAGES / 3, 2 * MESSAGES / 3);
            clients.removeAll(gone);
            await(clients, client -> number(client) >= count / 2 || client.begun() > 1); // who was cut off is back
            awaitPresent(publisher.channels(), clients, PATIENCE);
            publish(publisher.channels(), 2 * MESSAGES / 3, MESSAGES);
            publisher.channels().publish(ALBUM, "end");

            var everything = IntStream.range(0, MESSAGES).mapToObj(i -> "" + i).collect(Collectors.toList());
            everything.add("end");
            await(clients, client -> client.count() >= everything.size());
            assertThat(clients).allSatisfy(client -> assertThat(client.heard()).isEqualTo(everything));

            for (int i = 0; i < 20; i++) {
                publisher.brief().publish(BRIEF, "gone " + i);
            }
            late.connect(second);
            await(List.of(late), client -> client.count() == 2);
            publisher.brief().publish(BRIEF, "new");
            await(List.of(late), client -> client.count() == 3);
            assertThat(late.heard()).containsExactly("seen", "missed", "new");
        }
    }

    private static List<Client> connect(ChannelClients album, int count, int first, int second) {
        int threads = 8;
        return Together.call(
                        threads,
                        thread -> IntStream.range(0, count)
                                .filter(i -> i % threads == thread)
                                .mapToObj(i -> album.connect(
                                        "user-" + i, "session-" + i % (count / 2), i < count / 2 ? first : second))
                                .toList())
                .stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(ChannelInstancesTest::number))
                .toList();
    }

    private static int number(Client client) {
        return Integer.parseInt(client.user().substring("user-".length()));
    }

    private static void publish(Channels channels, int from, int to) {
        for (int i = from; i < to; i++) {
            channels.publish(ALBUM, "" + i);
        }
    }

    private static void awaitPresent(Channels channels, Collection<Client> clients, Duration limit) {
        var users = clients.stream().map(Client::user).collect(Collectors.toSet());
        Awaitility.await().atMost(limit).until(() -> channels.present(ALBUM).equals(users));
    }
}
