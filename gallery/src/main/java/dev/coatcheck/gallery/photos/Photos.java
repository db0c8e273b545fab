package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.gallery.images.ImageHeader;
import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.gallery.images.Variant;
import dev.coatcheck.gallery.photos.Photo.Status;
import dev.coatcheck.postgres.PostgresJobs;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The table of photos, and the jobs that are enqueued and completed in one transaction with it. Whatever changes a photo is
 * here, and tells the albums and the pages that are open.
 */
public final class Photos {
    /** The queue of jobs that make variants; their payload is the photo's id. */
    public static final String QUEUE = "photos";

    private static final Retry RETRY =
            Retry.defaults().withMaxAttempts(5).withDelays(Duration.ofSeconds(2), Duration.ofMinutes(5));
    /** How many jobs are looked at; more than that do not die between two looks. */
    private static final int MAX_DEAD = 1_000;

    private static final String COLUMNS = "id, account_id, status, content_type, width, height, created_at, variants";

    private final GalleryDatabase database;
    private final PostgresJobs jobs;
    private final Albums albums;
    private final PhotoNews news;

    public Photos(GalleryDatabase database, PostgresJobs jobs, Albums albums, PhotoNews news) {
        this.database = database;
        this.jobs = jobs;
        this.albums = albums;
        this.news = news;
    }

    /**
     * Adds a photo whose original is stored, and the job that makes its variants: both or neither. Where the account has a
     * photo of this id, because it is being added twice, that is the one.
     */
    Photo add(UUID id, UUID account, ImageHeader header) {
        var added = database.inTransaction("add a photo", connection -> {
            var inserted = insert(connection, id, account, header);
            if (inserted.isEmpty()) {
                return find(connection, id, account).orElseThrow();
            }
            jobs.enqueue(
                    connection,
                    NewJob.of(QUEUE, id.toString()).withUniqueKey(id.toString()).withRetry(RETRY));
            return inserted.get();
        });
        albums.changed(account);
        return added;
    }

    /** A photo that an attempt before this one has added, which may have ended before it told the albums. */
    Optional<Photo> addedEarlier(UUID id, UUID account) {
        var photo = find(id, account);
        photo.ifPresent(added -> albums.changed(account));
        return photo;
    }

    /** Whether there is a photo of this id, and was already that long ago. */
    boolean isOlder(UUID id, Duration age) {
        return database.ask("look how old a photo is", connection -> {
            try (var query = connection.prepareStatement(
                    "SELECT FROM photos WHERE id = ? AND created_at < now() - ? * interval '1 millisecond'")) {
                query.setObject(1, id);
                query.setLong(2, age.toMillis());
                try (var rows = query.executeQuery()) {
                    return rows.next();
                }
            }
        });
    }

    /** Empty where there is a photo of this id. */
    private static Optional<Photo> insert(Connection connection, UUID id, UUID account, ImageHeader header)
            throws SQLException {
        try (var insert = connection.prepareStatement(
                "INSERT INTO photos (id, account_id, status, content_type, width, height) VALUES (?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (id) DO NOTHING RETURNING " + COLUMNS)) {
            insert.setObject(1, id);
            insert.setObject(2, account);
            insert.setString(3, Status.PROCESSING.text());
            insert.setString(4, header.type().contentType());
            insert.setInt(5, header.width());
            insert.setInt(6, header.height());
            return list(insert).stream().findFirst();
        }
    }

    /** A photo, if it is the account's. */
    Optional<Photo> find(UUID id, UUID account) {
        return database.ask("find a photo", connection -> find(connection, id, account));
    }

    private static Optional<Photo> find(Connection connection, UUID id, UUID account) throws SQLException {
        try (var query =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM photos WHERE id = ? AND account_id = ?")) {
            query.setObject(1, id);
            query.setObject(2, account);
            return list(query).stream().findFirst();
        }
    }

    /** A photo, whoever's it is: for the worker. */
    Optional<Photo> find(UUID id) {
        return database.ask("find a photo", connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM photos WHERE id = ?")) {
                query.setObject(1, id);
                return list(query).stream().findFirst();
            }
        });
    }

    /**
     * An account's photos, the newest first.
     *
     * @param after only those that come after this photo of the account's; empty for the first page
     */
    List<Photo> album(UUID account, Optional<UUID> after, int limit) {
        return database.ask("list photos", connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS
                    + " FROM photos WHERE account_id = ? AND (?::uuid IS NULL OR position <"
                    + " (SELECT position FROM photos WHERE id = ? AND account_id = ?))"
                    + " ORDER BY position DESC LIMIT ?")) {
                query.setObject(1, account);
                query.setObject(2, after.orElse(null));
                query.setObject(3, after.orElse(null));
                query.setObject(4, account);
                query.setInt(5, limit);
                return list(query);
            }
        });
    }

    /** Notes that the variants are there, and that the job is done: both or, where another worker has the job, neither. */
    void ready(UUID id, Set<Variant> variants, ClaimedJob job) {
        database.inTransaction(
                        "note that a photo is ready",
                        connection -> jobs.complete(connection, job)
                                ? account(
                                        connection,
                                        "UPDATE photos SET status = 'ready', variants = ? WHERE id = ?",
                                        connection.createArrayOf("text", paths(variants)),
                                        id)
                                : Optional.<UUID>empty())
                .ifPresent(account -> ended(account, id, Status.READY));
    }

    private static Object[] paths(Set<Variant> variants) {
        return variants.stream().map(Variant::path).toArray();
    }

    /** Notes that a photo cannot be processed, unless it was. */
    void failed(UUID id) {
        database.ask(
                        "note that a photo failed",
                        connection -> account(
                                connection,
                                "UPDATE photos SET status = 'failed' WHERE id = ? AND status = 'processing'",
                                id))
                .ifPresent(account -> ended(account, id, Status.FAILED));
    }

    private void ended(UUID account, UUID id, Status status) {
        albums.changed(account); // first: whoever hears of it may ask for the album
        news.ended(account, id, status);
    }

    /** Notes that photos whose last attempt has failed, or took its worker down, cannot be processed. */
    void failDead() {
        for (var dead : jobs.list(QUEUE, JobState.DEAD, MAX_DEAD)) {
            failed(UUID.fromString(dead.payload()));
        }
    }

    /** Changes a photo; empty where there is nothing to change. */
    private static Optional<UUID> account(Connection connection, String change, Object... parameters)
            throws SQLException {
        try (var update = connection.prepareStatement(change + " RETURNING account_id")) {
            for (int i = 0; i < parameters.length; i++) {
                update.setObject(i + 1, parameters[i]);
            }
            try (var rows = update.executeQuery()) {
                return rows.next() ? Optional.of(rows.getObject("account_id", UUID.class)) : Optional.empty();
            }
        }
    }

    /** Which of these there are. */
    Set<UUID> existing(Collection<UUID> ids) {
        return database.ask("look for photos", connection -> {
            try (var query = connection.prepareStatement("SELECT id FROM photos WHERE id = ANY (?)")) {
                query.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
                try (var rows = query.executeQuery()) {
                    var existing = new HashSet<UUID>();
                    while (rows.next()) {
                        existing.add(rows.getObject("id", UUID.class));
                    }
                    return existing;
                }
            }
        });
    }

    private static List<Photo> list(PreparedStatement query) throws SQLException {
        try (var rows = query.executeQuery()) {
            var photos = new ArrayList<Photo>();
            while (rows.next()) {
                photos.add(photo(rows));
            }
            return photos;
        }
    }

    private static Photo photo(ResultSet row) throws SQLException {
        var status = Status.of(row.getString("status"));
        return new Photo(
                row.getObject("id", UUID.class),
                row.getObject("account_id", UUID.class),
                status,
                type(row.getString("content_type")),
                row.getInt("width"),
                row.getInt("height"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                status == Status.READY ? variants(row) : Set.of());
    }

    private static ImageType type(String contentType) {
        return ImageType.ofContentType(contentType)
                .orElseThrow(() -> new IllegalStateException("a photo is stored as \"" + contentType + "\""));
    }

    /** Without those that only a newer release knows. */
    private static Set<Variant> variants(ResultSet row) throws SQLException {
        var variants = EnumSet.noneOf(Variant.class);
        for (var path : (String[]) row.getArray("variants").getArray()) {
            Variant.ofPath(path).ifPresent(variants::add);
        }
        return variants;
    }
}
