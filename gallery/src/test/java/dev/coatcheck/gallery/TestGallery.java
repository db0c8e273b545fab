package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gallery.http.GalleryServer;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.process.config.Secret;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A gallery on a database and a Redis of its own: as many instances and workers as a test starts, in this JVM. */
final class TestGallery implements AutoCloseable {
    static final int MAX_PHOTO_MEGABYTES = 2;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    final String redisUrl = SharedServers.freshRedisUrl();
    final String postgresUrl = SharedServers.freshPostgresUrl();
    private final RedisUrl redis = new RedisUrl(Secret.of(redisUrl));
    private final PostgresUrl database = new PostgresUrl(Secret.of(postgresUrl));
    private final List<Lifecycle> lifecycles = new ArrayList<>();

    TestGallery() {
        Release.run(new DatabaseConfig(database));
    }

    /** Starts an instance. */
    URI startWeb() {
        return startWeb(1);
    }

    /** Starts one behind so many proxies. */
    URI startWeb(int proxies) {
        var lifecycle = lifecycle();
        var config =
                new WebConfig(database, redis, Optional.empty(), 0, "127.0.0.1", proxies, MAX_PHOTO_MEGABYTES, DRAIN);
        GalleryServer server = Web.start(config, lifecycle);
        lifecycle.ready();
        return URI.create("http://127.0.0.1:" + server.tcpPort());
    }

    void startWorker() {
        var lifecycle = lifecycle();
        PhotoWorker.start(
                new WorkerConfig(database, redis, Optional.empty(), Optional.empty(), "127.0.0.1", 2, DRAIN),
                lifecycle);
        lifecycle.ready();
    }

    /** Runs a one-off command. */
    void admin(String... words) {
        assertThat(adminStatus(words)).isZero();
    }

    int adminStatus(String... words) {
        return Admin.run(new DatabaseConfig(database), List.of(words));
    }

    /** Stops the instance or worker that was started last. */
    void stopLast() {
        lifecycles.removeLast().close();
    }

    /** Does something at the end of the instance or worker that was started last. */
    void onStop(Phase phase, Runnable action) {
        lifecycles.getLast().onStop(phase, "the test's own", action::run);
    }

    private Lifecycle lifecycle() {
        var lifecycle = Lifecycle.embedded(DRAIN);
        lifecycles.add(lifecycle);
        return lifecycle;
    }

    @Override
    public void close() {
        lifecycles.forEach(Lifecycle::close);
    }
}
