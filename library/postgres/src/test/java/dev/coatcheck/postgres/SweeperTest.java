package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Topic;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is cleared away, and what is not. */
class SweeperTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final String CHUNKS = "select count(*) from coatcheck.blob_chunks";
    private static final String VERSIONS = "select count(*) from coatcheck.blob_versions";

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final Database database = new Database(postgres.dataSource(), "the database under test");
    private final Sweeper sweeper =
            new Sweeper(database, PostgresSettings.defaults().deadJobsKept());

    @Test
    void leases_and_responses_are_cleared_away_when_nobody_needs_them_and_no_others() {
        var leases = postgres.leaseStore();
        leases.grant("held", "web.1", Duration.ofMinutes(1));
        leases.grant("ended", "web.1", Duration.ofMillis(1));
        leases.grant("long ago", "web.1", Duration.ofMillis(1));
        var idempotency = postgres.idempotency(IdempotencySettings.defaults());
        idempotency.claim("kept", "");
        idempotency.claim("long ago", "");
        update(postgres, """
                update coatcheck.leases set ends_at = clock_timestamp() - interval '2 days',
                    purge_at = clock_timestamp() - interval '1 day' where name = 'long ago'
                """);
        update(postgres, """
                update coatcheck.idempotency set keep_until = clock_timestamp() - interval '1 second'
                    where key = 'long ago'
                """);

        sweeper.sweep();

        assertThat(query(postgres, "select name from coatcheck.leases order by name"))
                .containsExactly("ended", "held");
        assertThat(query(postgres, "select key from coatcheck.idempotency")).containsExactly("kept");
    }

    @Test
    void jobs_that_died_too_long_ago_are_cleared_away_and_no_others() {
        var jobs = postgres.jobs();
        for (var queue : List.of("mail", "photos")) {
            for (var payload : List.of("old", "recent", "waiting", "running")) {
                jobs.enqueue(NewJob.of(queue, payload).withRetry(Retry.never()));
            }
            var claimed = jobs.claim(Set.of(queue), 4, LONG);
            jobs.fail(claimed.get(0), "boom");
            jobs.fail(claimed.get(1), "boom");
            jobs.giveBack(List.of(claimed.get(2)));
        }
        update(postgres, "update coatcheck.jobs set due_at = due_at - interval '31 days' where payload <> 'recent'");

        sweeper.sweep();

        assertThat(query(postgres, "select queue || ' ' || payload from coatcheck.jobs order by 1"))
                .containsExactly(
                        "mail recent",
                        "mail running",
                        "mail waiting",
                        "photos recent",
                        "photos running",
                        "photos waiting");
    }

    @Test
    void however_many_jobs_died_long_ago_one_round_clears_them_away_step_by_step() {
        postgres.migrate();
        update(postgres, """
                insert into coatcheck.jobs (
                        id, queue, priority, due_at, state, fence, attempts, max_attempts, first_delay_ms, max_delay_ms,
                        enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'queue ' || i % 3, 0, now() - interval '31 days', 2, 1, 1, 1, 0, 0, now(), now(), ''
                        from generate_series(1, 2500) i
                """);

        sweeper.sweep();

        assertThat(query(postgres, "select count(*) from coatcheck.jobs")).containsExactly("0");
    }

    @Test
    void messages_topics_and_processes_are_cleared_away_when_they_are_too_old_and_no_others() {
        var channels = postgres.channelStore();
        var old = Topic.of("old");
        var kept = Topic.of("kept");
        var seen = channels.publish(old, "1", Retention.defaults());
        channels.publish(old, "2", Retention.defaults());
        channels.publish(kept, "3", Retention.defaults());
        channels.begin(Topic.of("forgotten"));
        channels.enter("alive", LONG);
        channels.enter("dead", LONG);
        channels.announce("dead", List.of(new Presence(old, "ada")), List.of());
        update(
                postgres,
                "update coatcheck.channel_topics set purge_at = clock_timestamp() - interval '1 s' where topic <> 't:kept'");
        update(
                postgres,
                "update coatcheck.channel_processes set ends_at = clock_timestamp() - interval '2 min' where process = 'dead'");

        sweeper.sweep();

        assertThat(query(postgres, "select payload from coatcheck.channel_messages"))
                .containsExactly("3");
        assertThat(query(postgres, "select topic from coatcheck.channel_topics order by topic"))
                .containsExactly("t:kept", "t:old");
        assertThat(query(postgres, "select process from coatcheck.channel_processes"))
                .containsExactly("alive");
        assertThat(query(postgres, "select name from coatcheck.channel_present"))
                .isEmpty();
        var head = channels.heads(List.of(old)).get(0);
        assertThat(channels.read(old, seen, new Page(10, 1 << 20))).isEqualTo(new Gone(head));
        assertThat(channels.read(old, head, new Page(10, 1 << 20))).isEqualTo(new Kept(List.of()));
    }

    @Test
    void of_a_topic_that_holds_much_a_bounded_number_of_messages_goes_in_one_step_and_the_rest_is_read_until_then() {
        var channels = postgres.channelStore();
        var old = Topic.of("old");
        var published = new ArrayList<Position>();
        for (int i = 0; i < 25; i++) {
            published.add(channels.publish(old, "" + i, Retention.defaults()));
        }
        update(postgres, "update coatcheck.channel_topics set purge_at = clock_timestamp() - interval '1 s'");

        assertThat(query(postgres, "select coatcheck.purge_channels_v1(10)")).containsExactly("10");
        assertThat(query(postgres, "select count(*) from coatcheck.channel_messages"))
                .containsExactly("15");
        assertThat(query(postgres, "select messages || ' of ' || bytes from coatcheck.channel_topics"))
                .containsExactly("15 of 30");
        assertThat(channels.read(old, published.get(8), new Page(100, 1 << 20))).isInstanceOf(Gone.class);
        assertThat(channels.read(old, published.get(9), new Page(100, 1 << 20)))
                .isInstanceOfSatisfying(
                        Kept.class, kept -> assertThat(kept.messages()).hasSize(15));
        sweeper.sweep();
        assertThat(query(postgres, "select count(*) from coatcheck.channel_messages"))
                .containsExactly("0");
        assertThat(query(postgres, "select messages || ' of ' || bytes from coatcheck.channel_topics"))
                .containsExactly("0 of 0");
    }

    @Test
    void cached_values_that_are_too_old_are_cleared_away_with_their_tags_and_no_others() {
        try (var cache = postgres.cache(CacheSettings.named("albums"))) {
            cache.get("kept", Set.of("kept"), LONG, () -> Optional.of("1"));
            cache.get("old", Set.of("old"), LONG, () -> Optional.of("1"));
        }
        postgres.cacheStore().read(new Question(new EntryKey("albums", "dead"), List.of(), "token", LONG, 0, false));
        update(
                postgres,
                "update coatcheck.cache_entries set serve_until = clock_timestamp() - interval '1 s' where key = 'old'");
        update(
                postgres,
                "update coatcheck.cache_tags set purge_at = clock_timestamp() - interval '1 s' where tag = 'old'");
        update(postgres, "update coatcheck.cache_loads set ends_at = clock_timestamp() - interval '1 s'");

        sweeper.sweep();

        assertThat(query(postgres, "select key from coatcheck.cache_entries")).containsExactly("kept");
        assertThat(query(postgres, "select tag from coatcheck.cache_tags")).containsExactly("kept");
        assertThat(query(postgres, "select count(*) from coatcheck.cache_loads"))
                .containsExactly("0");
    }

    @Test
    void limits_whose_permits_are_all_back_are_cleared_away_and_no_others() {
        var limits = postgres.limits(new OnOutage.Closed());
        var limit = Limit.of("one", 1, Duration.ofDays(1));
        limits.acquire(limit.on("owing"));
        limits.refund(((Allowed) limits.acquire(limit.on("long ago"))).reservation());
        update(
                postgres,
                "update coatcheck.limits set paid_at_us = paid_at_us - 86400000000"
                        + " where paid_at_us < coatcheck.limit_clock_v1() + 3600000000");
        update(postgres, "update coatcheck.limit_refunds set until_us = 0");

        sweeper.sweep();

        assertThat(query(postgres, "select count(*) from coatcheck.limits")).containsExactly("1");
        assertThat(query(postgres, "select count(*) from coatcheck.limit_refunds"))
                .containsExactly("0");
        assertThat(limits.acquire(limit.on("owing"))).isInstanceOf(Limited.class);
    }

    @Test
    void sessions_that_have_ended_are_cleared_away_and_no_others() {
        var sessions = postgres.sessions(SessionSettings.defaults());
        var live = SessionId.random();
        sessions.create(live, Changes.none());
        for (int i = 0; i < 5; i++) {
            sessions.create(SessionId.random(), Changes.none());
        }
        update(
                postgres,
                "update coatcheck.sessions set expires_at = clock_timestamp() - interval '2 hours', purge_at ="
                        + " coatcheck.session_purge_v1(clock_timestamp() - interval '2 hours') where handle <> '"
                        + live.handle() + "'");

        sweeper.sweep();

        assertThat(query(postgres, "select handle from coatcheck.sessions")).containsExactly(live.handle());
    }

    @Test
    void however_many_topics_have_little_to_clear_away_one_round_clears_it() {
        var store = postgres.channelStore();
        for (int i = 0; i < 150; i++) {
            store.publish(Topic.of("album-" + i), "old", Retention.defaults());
        }
        update(postgres, "update coatcheck.channel_topics set purge_at = clock_timestamp() - interval '1 second'");

        sweeper.sweep();

        assertThat(query(postgres, "select count(*) from coatcheck.channel_messages"))
                .containsExactly("0");
        assertThat(query(postgres, "select sum(messages) from coatcheck.channel_topics"))
                .containsExactly("0");
    }

    @Test
    void an_upload_that_nobody_goes_on_with_is_cleared_away_and_one_under_way_is_not() throws IOException {
        var blobs = new PostgresBlobs(database, LONG, LONG);
        new BlobUpload(database, Duration.ZERO).read(content(3), Long.MAX_VALUE);

        blobs.put("under-way", pausing(sweeper::sweep), PutOptions.defaults());

        assertThat(query(postgres, VERSIONS)).containsExactly("1");
        assertThat(query(postgres, CHUNKS)).containsExactly("2");
        assertThat(blobs.stat("under-way").orElseThrow().size()).isEqualTo(PostgresBlobs.CHUNK_SIZE + 1);
    }

    @Test
    void an_upload_that_paused_for_too_long_stores_nothing_and_says_so() {
        var blobs = new PostgresBlobs(database, LONG, LONG);
        var content = pausing(() -> {
            update(postgres, "update coatcheck.blob_versions set keep_until = clock_timestamp() - interval '1 second'");
            sweeper.sweep();
        });

        assertThatThrownBy(() -> blobs.put("a", content, PutOptions.defaults()))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("paused for longer than PT1H and was given up");
        assertThat(blobs.stat("a")).isEmpty();
        assertThat(query(postgres, CHUNKS)).containsExactly("0");
    }

    @Test
    void replaced_and_deleted_bytes_are_kept_for_their_readers_and_then_cleared_away() throws IOException {
        var blobs = new PostgresBlobs(database, LONG, LONG);
        blobs.put("a", content(2 * PostgresBlobs.CHUNK_SIZE), PutOptions.defaults());
        try (var reader = (Found) blobs.read("a", ReadOptions.whole())) {
            blobs.put("a", content(1), PutOptions.defaults());
            sweeper.sweep();
            assertThat(reader.content().readAllBytes()).hasSize(2 * PostgresBlobs.CHUNK_SIZE);
        }
        try (var late = (Found) blobs.read("a", ReadOptions.whole())) {
            blobs.delete("a");
            update(postgres, "update coatcheck.blob_versions set keep_until = clock_timestamp() - interval '1 second'");
            sweeper.sweep();
            assertThat(late.content().readAllBytes()).hasSize(1);
        }
        assertThat(query(postgres, CHUNKS)).containsExactly("0");
        assertThat(query(postgres, VERSIONS)).containsExactly("0");
    }

    @Test
    void a_reader_that_is_too_slow_is_told_and_never_given_other_bytes() throws IOException {
        var blobs = new PostgresBlobs(database, Duration.ZERO, LONG);
        blobs.put("a", content(2 * PostgresBlobs.CHUNK_SIZE), PutOptions.defaults());
        try (var reader = (Found) blobs.read("a", ReadOptions.whole())) {
            blobs.put("a", content(2 * PostgresBlobs.CHUNK_SIZE), PutOptions.defaults());
            sweeper.sweep();
            assertThatThrownBy(() -> reader.content().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("replaced or deleted");
        }
    }

    @Test
    void what_is_refused_is_cleared_away() throws IOException {
        var blobs = new PostgresBlobs(database, LONG, LONG);
        blobs.put("a", content(1), PutOptions.defaults());
        blobs.put(
                "b",
                content(PostgresBlobs.CHUNK_SIZE + 1),
                PutOptions.defaults().withMaxBytes(PostgresBlobs.CHUNK_SIZE));
        blobs.put("b", content(1), PutOptions.defaults().withSha256("00"));

        sweeper.sweep();

        assertThat(query(postgres, CHUNKS)).containsExactly("1");
        assertThat(query(postgres, VERSIONS)).containsExactly("1");
    }

    @Test
    void large_blobs_are_cleared_away_in_small_steps() throws IOException {
        var blobs = new PostgresBlobs(database, Duration.ZERO, LONG);
        blobs.put("a", content(20 * PostgresBlobs.CHUNK_SIZE), PutOptions.defaults());
        blobs.delete("a");

        sweeper.sweep();

        assertThat(query(postgres, CHUNKS)).containsExactly("0");
        assertThat(query(postgres, VERSIONS)).containsExactly("0");
    }

    /** A chunk, then something that happens, then a byte more. */
    private static InputStream pausing(Runnable meanwhile) {
        return new SequenceInputStream(Collections.enumeration(List.of(
                content(PostgresBlobs.CHUNK_SIZE), new FilterInputStream(content(1)) {
                    private boolean happened;

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        if (!happened) {
                            happened = true;
                            meanwhile.run();
                        }
                        return super.read(buffer, offset, length);
                    }
                })));
    }

    private static InputStream content(int size) {
        return new ByteArrayInputStream(new byte[size]);
    }
}
