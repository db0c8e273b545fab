package dev.coatcheck.servlet;

import dev.coatcheck.servlet.ChannelClients.Client;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
    final class Client implements WebSocket.Listener {
        private final String user;
        private final String session;
        private final StringBuilder text = new StringBuilder();
        private final List<String> heard = new ArrayList<>();
        private volatile boolean staysAway;
        private volatile @Nullable WebSocket socket;
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
            var fresh = http.newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .header(ChannelInstance.USER, user)
                    .header(ChannelInstance.SESSION, session)
                    .buildAsync(URI.create("ws://127.0.0.1:" + tcpPort + "/socket"), this)
                    .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            socket = fresh;
            var known = position;
            var from = known == null ? "" : ",\"position\":\"" + known + "\"";
            fresh.sendText("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\"" + from + "}", true)
                    .join();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
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

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            synchronized (this) {
                closeCode = code;
            }
            if (code != 1008) {
                comeBack();
            }
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            comeBack();
        }

        private void comeBack() {
            text.setLength(0);
            if (staysAway || closed) {
                return;
            }
            Thread.ofVirtual().name("comes-back-" + user).start(() -> {
                try {
                    Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
                    connect(elsewhere);
                } catch (CompletionException e) {
                    comeBack();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void leave() {
            var open = socket;
            if (open != null) {
                open.abort();
            }
        }
    }
}
