package dev.coatcheck.servlet;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.util.List;
import java.util.Map;

/** An instance in a JVM of its own to which people upload films, and which shows them. */
final class TusInstance {
    private static final String SERVES = "serves at ";
    private static final long LONGEST_FILM = 2L << 30;

    private TusInstance() {}

    static Peer start(Kept where, String url) {
        return Peer.start(where.factory(), url, Serve.class);
    }

    static Peer startWithHeap(int mebibytes, Kept where, String url) {
        return Peer.startWithHeap(mebibytes, where.factory(), url, Serve.class);
    }

    /** The TCP port of one that was started. */
    static int tcpPort(Peer instance) {
        while (true) {
            var line = instance.hear();
            if (line.startsWith(SERVES)) {
                return Integer.parseInt(line.substring(SERVES.length()));
            }
        }
    }

    /** Serves, says where, and goes on until it is killed. */
    public static final class Serve implements PeerAction<AttachedUploads> {
        @Override
        public void run(AttachedUploads attached, List<String> arguments, Conversation conversation) {
            var tus = new TusServlet(attached.uploads(), new Films(LONGEST_FILM));
            var server = JettyServer.start(
                    (request, response, chain) -> chain.doFilter(request, response),
                    Map.of("/uploads/*", tus::service, "/films/*", showing(attached.blobs())));
            conversation.say(SERVES + server.uri().getPort());
            conversation.hear();
        }

        private static Page showing(Blobs films) {
            return (request, response) -> {
                var key = request.getRequestURI().substring(1);
                if (!(films.read(key, ReadOptions.whole()) instanceof Found film)) {
                    response.setStatus(404);
                    return;
                }
                try (film) {
                    response.setContentLengthLong(film.length());
                    film.content().transferTo(response.getOutputStream());
                }
            };
        }
    }
}
