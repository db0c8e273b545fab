package dev.coatcheck.servlet;

import dev.coatcheck.servlet.ChannelClients.Client;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Many clients of one topic, each of which comes back by itself when its connection is lost, with a pause of its own, and with
 * where it was: what {@code channels.js} does, in numbers.
 */
final class ChannelClients implements Iterable<Client>, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final int LONGEST_PAUSE_MILLIS = 500;
    private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");
    private static final Pattern DATA = Pattern.compile("\"data\":\"([^\"]+)\"");

    /** One for all: it has threads of its own. */
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final String topic;
    private volatile boolean closed;

    ChannelClients(String topic) {
        this.topic = topic;
    }

    /** One more client, which is connected when this returns. */
    Client connect(String user, String session, int tcpPort) {
        var client = new Client(user, session);
        clients.add(client);
        client.connect(tcpPort);
        return client;
    }

    @Override
    public Iterator<Client> iterator() {
        return clients.iterator();
    }

    /** Where all go who lose their connection from now on. */
    private volatile int elsewhere;

    void goTo(int tcpPort) {
        elsewhere = tcpPort;
    }

    @Override
    public void close() {
        closed = true;
        clients.forEach(Client::leave);
        http.shutdownNow();
    }

    /** One of them. */
    final class Client {
        private final String user;
        private final String session;
        private final List<String> heard = new ArrayList<>();
        private volatile boolean staysAway;
        private volatile @Nullable Connection connection;
        private volatile @Nullable String position;
        private int begun;
        private int closeCode;

        private Client(String user, String session) {
            this.user = user;
            this.session = session;
        }

        String user() {
            return user;
        }

        /** What came, in order: payloads, and "missed". */
        synchronized List<String> heard() {
            return List.copyOf(heard);
        }

        synchronized int count() {
            return heard.size();
        }

        synchronized int begun() {
            return begun;
        }

        /** What the server closed it with; 0 where it has not. */
        synchronized int closeCode() {
            return closeCode;
        }

        /** It will not come back until it is told to. */
        void stayAway() {
            staysAway = true;
        }

        void connect(int tcpPort) {
            var fresh = new Connection(this);
            connection = fresh;
            fresh.open(tcpPort);
        }

        private synchronized void take(String json) {
            var place = POSITION.matcher(json);
            if (place.find()) {
                position = place.group(1);
            }
            var data = DATA.matcher(json);
            if (data.find()) {
                heard.add(data.group(1));
            } else if (json.contains("\"missed\"")) {
                heard.add("missed");
            } else if (json.contains("\"begun\"")) {
                begun++;
            }
        }

        private synchronized void closed(int code) {
            closeCode = code;
        }

        private void comeBack() {
            if (staysAway || closed) {
                return;
            }
            Thread.ofVirtual().name("comes-back-" + user).start(() -> {
                try {
                    Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
                    connect(elsewhere);
                } catch (CompletionException e) {
                    // It was lost before it was there, and comes back.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        /** What hears of its connection, and of the end of that. */
        WebSocket.Listener listener() {
            return Objects.requireNonNull(connection);
        }

        /** The connection itself. */
        WebSocket socket() {
            return Objects.requireNonNull(Objects.requireNonNull(connection).socket);
        }

        private void leave() {
            var open = connection;
            if (open != null) {
                open.abort();
            }
        }
    }

    /** A client's connection, which is lost once, in however many ways that is told. */
    private final class Connection implements WebSocket.Listener {
        private final Client client;
        private final StringBuilder text = new StringBuilder();
        private final AtomicBoolean lost = new AtomicBoolean();
        private volatile @Nullable WebSocket socket;

        Connection(Client client) {
            this.client = client;
        }

        /** Opens it, or fails and is lost. */
        void open(int tcpPort) {
            try {
                var fresh = http.newWebSocketBuilder()
                        .connectTimeout(CONNECT)
                        .header(ChannelInstance.USER, client.user)
                        .header(ChannelInstance.SESSION, client.session)
                        .buildAsync(URI.create("ws://127.0.0.1:" + tcpPort + "/socket"), this)
                        .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                        .join();
                socket = fresh;
                if (lost.get()) {
                    fresh.abort();
                    return;
                }
                var known = client.position;
                var from = known == null ? "" : ",\"position\":\"" + known + "\"";
                fresh.sendText("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\"" + from + "}", true)
                        .join();
            } catch (CompletionException e) {
                lost();
                throw e;
            }
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                if (!lost.get()) {
                    client.take(text.toString());
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            client.closed(code);
            if (code != 1008) {
                lost();
            }
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            lost();
        }

        private void lost() {
            if (lost.compareAndSet(false, true)) {
                abort();
                client.comeBack();
            }
        }

        private void abort() {
            var open = socket;
            if (open != null) {
                open.abort();
            }
        }
    }
}
