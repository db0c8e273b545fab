package dev.coatcheck.postgres;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.uploads.Chunk;
import dev.coatcheck.state.uploads.StoredUpload;
import dev.coatcheck.state.uploads.UploadFormat;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadStore;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Uploads as rows, with their bytes beside those of blobs, to whom they go when they are finished. */
final class PostgresUploadStore implements UploadStore {
    private static final byte[] NOTHING = {};

    private final Database database;

    PostgresUploadStore(Database database) {
        this.database = database;
    }

    /** What a {@link StoredUpload#version()} says here. */
    private record Version(UUID token, UUID chunks) {
        static Version of(StoredUpload upload) {
            var fields = upload.version().split(" ", 2);
            return new Version(UUID.fromString(fields[0]), UUID.fromString(fields[1]));
        }

        static Version first() {
            return new Version(UUID.randomUUID(), TimeOrderedIds.next());
        }

        Version next() {
            return new Version(UUID.randomUUID(), chunks);
        }

        String text() {
            return token + " " + chunks;
        }
    }

    @Override
    public int chunkSize(long maxBytes) {
        return PostgresBlobs.CHUNK_SIZE;
    }

    @Override
    public Optional<StoredUpload> create(UploadRecord upload) {
        var version = Version.first();
        return database.ask("begin an upload", connection -> {
            try (var begin = connection.prepareStatement("select coatcheck.begin_upload_v1(?, ?, ?, ?, ?)")) {
                begin.setString(1, upload.id().text());
                begin.setObject(2, version.token());
                begin.setString(3, UploadFormat.write(upload));
                begin.setObject(4, version.chunks());
                begin.setLong(5, Database.millis(upload.expiry()));
                return Rows.only(begin, row -> changed(row, upload, version));
            }
        });
    }

    @Override
    public Optional<StoredUpload> find(UploadId id) {
        return database.ask("look for an upload", connection -> {
            try (var find = connection.prepareStatement("""
                    select u.token, u.record, u.version, u.changed_at, u.sha256, u.stored_at,
                        (extract(epoch from clock_timestamp() - u.changed_at) * 1000000)::bigint as age_us
                    from coatcheck.uploads u where u.id = ?
                    """)) {
                find.setString(1, id.text());
                return Rows.first(find, PostgresUploadStore::found);
            }
        });
    }

    @Override
    public byte[] tail(StoredUpload upload) {
        var record = upload.record();
        long begin = record.offset() - record.offset() % record.chunkSize();
        return chunks(upload)
                .read(begin, record.offset())
                .filter(bytes -> bytes.length == record.offset() - begin)
                .orElseThrow(() -> new IllegalStateException("the upload was changed, or its last chunk is not there"));
    }

    @Override
    public Optional<StoredUpload> replace(StoredUpload was, UploadRecord becomes) {
        return change("change an upload", was, becomes, null);
    }

    @Override
    public Optional<StoredUpload> write(StoredUpload was, UploadRecord becomes, Chunk chunk) {
        return change("store a chunk of an upload", was, becomes, chunk);
    }

    private Optional<StoredUpload> change(
            String attempt, StoredUpload was, UploadRecord becomes, @Nullable Chunk chunk) {
        if (was.blob().isPresent()) {
            return Optional.empty();
        }
        var seen = Version.of(was);
        var next = seen.next();
        return database.ask(attempt, connection -> {
            try (var change =
                    connection.prepareStatement("select coatcheck.change_upload_v1(?, ?, ?, ?, ?, ?, ?, ?)")) {
                change.setString(1, becomes.id().text());
                change.setObject(2, seen.token());
                change.setObject(3, next.token());
                change.setString(4, UploadFormat.write(becomes));
                change.setLong(5, Database.millis(becomes.expiry()));
                change.setBoolean(6, !becomes.isBeingWritten());
                if (chunk == null) {
                    change.setNull(7, Types.INTEGER);
                    change.setNull(8, Types.BINARY);
                } else {
                    change.setInt(7, Math.toIntExact(chunk.number()));
                    change.setBinaryStream(8, chunk.stream(), chunk.length());
                }
                return Rows.only(change, row -> changed(row, becomes, next));
            }
        });
    }

    @Override
    public InputStream open(StoredUpload part) {
        return new BlobContent(chunks(part), 0, part.record().offset(), NOTHING);
    }

    @Override
    public Finish finish(StoredUpload was, String sha256) {
        var upload = was.record();
        var key = upload.begun().key().orElseThrow();
        var options = upload.begun().options();
        return database.ask("finish an upload", connection -> {
            try (var finish = connection.prepareStatement(
                    "select * from coatcheck.finish_upload_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                var metadata = options.metadata();
                finish.setString(1, upload.id().text());
                finish.setObject(2, Version.of(was).token());
                finish.setString(3, key);
                finish.setLong(4, upload.offset());
                finish.setInt(5, upload.chunkSize());
                finish.setString(6, options.contentType());
                finish.setString(7, sha256);
                finish.setArray(
                        8, connection.createArrayOf("text", metadata.keySet().toArray()));
                finish.setArray(
                        9, connection.createArrayOf("text", metadata.values().toArray()));
                finish.setBoolean(10, options.ifAbsent());
                finish.setLong(11, PostgresBlobs.READERS_GRACE.toMillis());
                return Rows.only(finish, row -> switch (row.getString("outcome")) {
                    case "stored" -> new Finish.Stored(blob(upload, sha256, Rows.instant(row, "stored_at")));
                    case "exists" -> new Finish.Exists();
                    case "changed" -> new Finish.Changed();
                    default -> throw new SQLException("an upload ended as " + row.getString("outcome"));
                });
            }
        });
    }

    @Override
    public boolean remove(UploadId id) {
        return remove(id, null);
    }

    @Override
    public boolean remove(StoredUpload was) {
        return was.blob().isEmpty() && remove(was.record().id(), Version.of(was).token());
    }

    private boolean remove(UploadId id, @Nullable UUID token) {
        return database.ask("remove an upload", connection -> {
            try (var remove = connection.prepareStatement("select coatcheck.remove_upload_v1(?, ?)")) {
                remove.setString(1, id.text());
                remove.setObject(2, token, Types.OTHER);
                return Rows.only(remove, row -> row.getBoolean(1));
            }
        });
    }

    @Override
    public int sweep(int limit) {
        return database.ask("clear away uploads that have expired", connection -> {
            try (var purge = connection.prepareStatement("select coatcheck.purge_uploads_v1(?)")) {
                purge.setInt(1, limit);
                return Rows.only(purge, row -> row.getInt(1));
            }
        });
    }

    private BlobChunks chunks(StoredUpload upload) {
        return new BlobChunks(
                database, Version.of(upload).chunks(), upload.record().chunkSize());
    }

    private static Optional<StoredUpload> changed(ResultSet row, UploadRecord becomes, Version version)
            throws SQLException {
        return Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                .map(at -> new StoredUpload(becomes, version.text(), at.toInstant(), Duration.ZERO, Optional.empty()));
    }

    private static StoredUpload found(ResultSet row) throws SQLException {
        var upload = UploadFormat.read(row.getString("record"));
        var chunks = row.getObject("version", UUID.class);
        var changedAt = Rows.instant(row, "changed_at");
        var age = Rows.micros(row.getLong("age_us"));
        if (chunks != null) {
            var version = new Version(row.getObject("token", UUID.class), chunks);
            return new StoredUpload(upload, version.text(), changedAt, age, Optional.empty());
        }
        var blob = blob(upload, row.getString("sha256"), Rows.instant(row, "stored_at"));
        return new StoredUpload(upload, "finished", changedAt, age, Optional.of(blob));
    }

    private static Blob blob(UploadRecord upload, String sha256, Instant storedAt) {
        var options = upload.begun().options();
        return new Blob(
                upload.begun().key().orElseThrow(),
                upload.offset(),
                options.contentType(),
                sha256,
                Optional.of(sha256),
                storedAt,
                options.metadata());
    }
}
