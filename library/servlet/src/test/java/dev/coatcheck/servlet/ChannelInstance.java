package dev.coatcheck.servlet;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.channels.ChannelAccess;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An instance in a JVM of its own that serves channels over WebSockets, to whom a header says that they are. */
final class ChannelInstance {
    static final String USER = "X-User";
    static final String SESSION = "X-Session";

    private static final String SERVES = "serves at ";

    /** How long a dead process is said to be present. */
    static final Duration LEASE = Duration.ofSeconds(3);

    static final ChannelSettings SETTINGS = ChannelSettings.defaults().withLease(LEASE);

    private ChannelInstance() {}

    /** The TCP port of one that was started; what else it says is its log. */
    static int tcpPort(Peer instance) {
        while (true) {
            var line = instance.hear();
            if (line.startsWith(SERVES)) {
                return Integer.parseInt(line.substring(SERVES.length()));
            }
        }
    }

    /** On Redis. */
    public static final class OnRedis implements StoreFactory<Channels> {
        @Override
        public Channels open(String url) {
            return Redis.attach(url).channels(SETTINGS);
        }
    }

    /** On PostgreSQL. */
    public static final class OnPostgres implements StoreFactory<Channels> {
        @Override
        public Channels open(String url) {
            return Postgres.attach(url).channels(SETTINGS);
        }
    }

    /** Serves, says where, and goes on until it is killed. */
    public static final class Serve implements PeerAction<Channels> {
        @Override
        public void run(Channels channels, List<String> arguments, Conversation conversation) {
            var servlet = new ChannelSocketServlet(channels, new ByHeader());
            var server = JettyServer.start(
                    (request, response, chain) -> chain.doFilter(request, response),
                    Map.of("/socket", servlet::service));
            conversation.say(SERVES + server.uri().getPort());
            conversation.hear();
        }
    }

    /** Who they say they are, and whoever may listen to everything. */
    static final class ByHeader implements ChannelAccess {
        @Override
        public Subscriber subscriber(HttpServletRequest request) {
            return Subscriber.of(request.getHeader(USER)).withSession(request.getHeader(SESSION));
        }

        @Override
        public boolean mayListen(Subscriber subscriber, Topic topic) {
            return true;
        }
    }
}
