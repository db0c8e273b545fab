package dev.coatcheck.gallery;

import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.gallery.photos.Albums;
import dev.coatcheck.gallery.photos.PhotoNews;
import dev.coatcheck.gallery.photos.PhotoSweeper;
import dev.coatcheck.gallery.photos.Photos;
import dev.coatcheck.gallery.photos.VariantJob;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.Instance;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.process.health.HealthServer;
import dev.coatcheck.process.health.Metrics;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import dev.coatcheck.state.leases.LeaseSettings;
import java.util.Map;

/** A worker process: makes the variants of uploaded photos. */
final class PhotoWorker {
    private PhotoWorker() {}

    /** Starts one, to be stopped by its lifecycle. */
    static void start(WorkerConfig config, Lifecycle lifecycle) {
        var postgres = Postgres.attach(config.database().url()::revealLatest);
        lifecycle.onStop(Phase.CLIENTS, "postgresql", postgres);
        var store = PhotoStore.attach(config.s3Bucket(), postgres);
        lifecycle.onStop(Phase.CLIENTS, "photo store", store);
        var redis = Redis.attach(config.redis().url()::revealLatest);
        var albums = Albums.in(redis::cache);
        var channels = redis.channels(PhotoNews.CHANNELS);
        lifecycle.onStop(Phase.CLIENTS, "redis", () -> {
            channels.close();
            albums.close();
            redis.close();
        });
        var metrics = Metrics.of(lifecycle);
        lifecycle.onStop(Phase.CLIENTS, "metrics", metrics);
        var health = Health.of(lifecycle).check("postgresql", postgres::ping).check("redis", redis::ping);
        store.watch(health);
        config.port().ifPresent(port -> {
            var server = HealthServer.start(config.listenAddress(), port, new HealthEndpoints(health, metrics));
            lifecycle.onStop(Phase.CLIENTS, "health server", server);
        });

        var news = new PhotoNews(channels);
        var photos = new Photos(new GalleryDatabase(postgres.dataSource()), postgres.jobs(), albums, news);
        var variants = new VariantJob(photos, news, store.blobs(), config.photosAtOnce());
        lifecycle.onStop(Phase.CLIENTS, "variants", variants);
        var leases = postgres.leases(LeaseSettings.heldBy(Instance.name()));
        lifecycle.onStop(
                Phase.LISTENERS, "photo sweeper", PhotoSweeper.start(photos, store.blobs(), store::sweep, leases));
        var settings = WorkerSettings.defaults().withConcurrency(config.photosAtOnce());
        var worker = Worker.start(postgres.jobs(), Map.of(Photos.QUEUE, variants), settings);
        metrics.registry().gauge("photos.running", worker, Worker::running);
        JobMetrics.register(metrics.registry(), postgres.jobs());
        // A little less than the phase has, so that what does not end in time is given back in order.
        var drain = config.drainTimeout().multipliedBy(9).dividedBy(10);
        lifecycle.onStop(Phase.WORK, "photos under way", () -> worker.stop(drain));
    }
}
