package dev.coatcheck.gallery.photos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.gallery.images.ImageHeader;
import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.gallery.photos.Photo.Status;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PhotoSweeperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ImageHeader HEADER = new ImageHeader(ImageType.JPEG, 1, 1);

    private final Postgres postgres = Postgres.attach(SharedServers.freshPostgresUrl());
    private final GalleryDatabase database = new GalleryDatabase(postgres.dataSource());
    private final Redis redis = Redis.attach(SharedServers.freshRedisUrl());
    private final Albums albums = Albums.in(redis::cache);
    private final Channels channels = redis.channels(ChannelSettings.defaults());
    private final PhotoNews news = new PhotoNews(channels);
    private final Photos photos = new Photos(database, postgres.jobs(), albums, news);
    private final UUID account = UUID.randomUUID();

    @BeforeEach
    void migrate() {
        database.migrate();
        postgres.migrate();
        database.ask("add an account", connection -> {
            try (var insert = connection.prepareStatement(
                    "INSERT INTO accounts (id, email, password_hash) VALUES (?, 'a', 'b')")) {
                insert.setObject(1, account);
                return insert.executeUpdate();
            }
        });
    }

    @AfterEach
    void close() {
        channels.close();
        albums.close();
        redis.close();
        postgres.close();
    }

    private Status status(UUID photo) {
        return photos.find(photo).orElseThrow().status();
    }

    @Test
    void a_photo_that_is_added_again_is_the_one_that_is_there_and_gets_no_other_job() {
        var jobs = postgres.jobs();
        var photo = photos.add(UUID.randomUUID(), account, HEADER);
        assertThat(jobs.claim(Set.of(Photos.QUEUE), 2, PATIENCE)).hasSize(1).allMatch(jobs::complete);

        var again = photos.add(photo.id(), account, new ImageHeader(ImageType.PNG, 2, 2));

        assertThat(again).isEqualTo(photo);
        assertThat(photos.album(account, Optional.empty(), 2)).containsExactly(photo);
        assertThat(jobs.claim(Set.of(Photos.QUEUE), 2, PATIENCE)).isEmpty();
    }

    @Test
    void a_photo_is_processing_until_its_last_attempt_is_over_and_failed_then() {
        var photo = photos.add(UUID.randomUUID(), account, HEADER).id();
        // Workers that died with it, at all attempts but the last.
        for (int attempt = 1; attempt < 5; attempt++) {
            await().atMost(PATIENCE).until(this::claimInVain);
        }
        try (var variants = new VariantJob(photos, news, postgres.blobs(), 1);
                var worker = Worker.start(postgres.jobs(), Map.of(Photos.QUEUE, variants), WorkerSettings.defaults())) {
            await().atMost(PATIENCE)
                    .until(() ->
                            postgres.jobs().list(Photos.QUEUE, JobState.DEAD, 1).size() == 1 && worker.running() == 0);
        }
        assertThat(status(photo)).isEqualTo(Status.PROCESSING);

        photos.failDead();

        assertThat(status(photo)).isEqualTo(Status.FAILED);
    }

    @Test
    void a_photo_whose_last_attempt_took_its_worker_down_is_failed() {
        var photo = photos.add(UUID.randomUUID(), account, HEADER).id();
        await().atMost(PATIENCE)
                .until(() -> !claimInVain()
                        && !postgres.jobs().list(Photos.QUEUE, JobState.DEAD, 1).isEmpty());

        try (var sweeper = PhotoSweeper.start(photos, postgres.blobs(), () -> {}, leases("worker.1"))) {
            assertThat(sweeper).isNotNull();
            await().atMost(PATIENCE).until(() -> status(photo) == Status.FAILED);
        }
    }

    @Test
    void uploads_are_cleared_away_with_the_rest() throws InterruptedException {
        var cleared = new CountDownLatch(1);

        try (var sweeper = PhotoSweeper.start(photos, postgres.blobs(), cleared::countDown, leases("worker.1"))) {
            assertThat(sweeper).isNotNull();
            assertThat(cleared.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Takes a job as a worker does that dies with it. */
    private boolean claimInVain() {
        return !postgres.jobs()
                .claim(Set.of(Photos.QUEUE), 1, Duration.ofMillis(1))
                .isEmpty();
    }

    private Leases leases(String holder) {
        return postgres.leases(LeaseSettings.heldBy(holder));
    }

    private PhotoSweeper sweeper(String holder, InstantSource clock) {
        return new PhotoSweeper(photos, postgres.blobs(), leases(holder), clock);
    }

    @Test
    void one_worker_sweeps_until_it_ends_and_then_another_does() {
        try (var two = sweeper("worker.2", InstantSource.system())) {
            try (var one = sweeper("worker.1", InstantSource.system())) {
                assertThat(one.isOurTurn()).isTrue();
                assertThat(two.isOurTurn()).isFalse();
                assertThat(one.isOurTurn()).isTrue();
            }
            assertThat(two.isOurTurn()).isTrue();
        }
    }

    @Test
    void blobs_of_a_photo_that_is_not_there_are_deleted_when_they_are_old() throws IOException {
        var blobs = postgres.blobs();
        var kept = PhotoBlobs.original(
                photos.add(UUID.randomUUID(), account, HEADER).id());
        var orphan = PhotoBlobs.original(UUID.randomUUID());
        var foreign = PhotoBlobs.PREFIX + "readme";
        for (var key : Set.of(kept, orphan, foreign)) {
            blobs.put(key, new ByteArrayInputStream(new byte[1]), PutOptions.ofType("image/jpeg"));
        }

        sweeper("worker.1", InstantSource.system()).deleteOrphans();
        assertThat(blobs.stat(orphan)).isPresent();

        sweeper("worker.1", InstantSource.fixed(Instant.now().plus(Duration.ofHours(25))))
                .deleteOrphans();
        assertThat(blobs.stat(orphan)).isEmpty();
        assertThat(blobs.stat(kept)).isPresent();
        assertThat(blobs.stat(foreign)).isPresent();
    }
}
