package dev.coatcheck.servlet;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.s3.S3Settings;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An instance in a JVM of its own to which people upload films. */
final class TusInstance {
    private static final String SERVES = "serves at ";

    private TusInstance() {}

    static Peer start(Class<? extends StoreFactory<Uploads>> store, String url) {
        return Peer.start(store, url, Serve.class);
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

    public static final class OnPostgres implements StoreFactory<Uploads> {
        @Override
        public Uploads open(String url) {
            return Postgres.attach(url).uploads(UploadSettings.defaults().withLease(Duration.ofSeconds(2)));
        }
    }

    /** On a bucket and the leases of a database, whose URLs have a space between them. */
    public static final class OnS3 implements StoreFactory<Uploads> {
        /** Of a store that keeps objects as files, and the smallest parts there are. */
        static final S3Settings SETTINGS = S3Settings.defaults()
                .withPartBytes(5 << 20)
                .withRequestTimeout(Duration.ofSeconds(10)) // the leases last three times as long
                .without(BlobCapability.SOLE_CREATION, BlobCapability.CONSISTENT_READS, BlobCapability.ALL_KEYS);

        @Override
        public Uploads open(String url) {
            var urls = url.split(" ", 2);
            var leases = Postgres.attach(urls[1]).leases(LeaseSettings.heldBy("web"));
            return S3.attach(urls[0], SETTINGS)
                    .uploads(UploadSettings.defaults().withLease(Duration.ofSeconds(2)), leases);
        }
    }

    /** Serves, says where, and goes on until it is killed. */
    public static final class Serve implements PeerAction<Uploads> {
        @Override
        public void run(Uploads uploads, List<String> arguments, Conversation conversation) {
            var server = JettyServer.start(
                    (request, response, chain) -> chain.doFilter(request, response),
                    Map.of("/uploads/*", new TusServlet(uploads, new Films())::service));
            conversation.say(SERVES + server.uri().getPort());
            conversation.hear();
        }
    }
}
