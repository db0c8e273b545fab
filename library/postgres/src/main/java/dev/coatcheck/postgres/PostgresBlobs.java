package dev.coatcheck.postgres;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Blobs in chunks. The ETag is the SHA-256: the same bytes are the same, whoever stores them again. */
final class PostgresBlobs implements Blobs {
    static final int CHUNK_SIZE = 1 << 20;

    /** How long a blob that was replaced or deleted can still be read by who has opened it. */
    static final Duration READERS_GRACE = Duration.ofHours(1);

    private static final int LONGEST_PAGE = 1_000;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9!\\-_.*'()/]{0,512}");
    private static final String COLUMNS =
            "b.key, b.size, b.content_type, b.sha256, b.stored_at, b.metadata_names, b.metadata_values";

    private final Database database;
    private final Duration readersGrace;
    private final Duration patience;

    PostgresBlobs(Database database) {
        this(database, READERS_GRACE, BlobUpload.PATIENCE);
    }

    /**
     * @param readersGrace how long replaced bytes are kept
     * @param patience how long an upload may pause before it is given up
     */
    PostgresBlobs(Database database, Duration readersGrace, Duration patience) {
        this.database = database;
        this.readersGrace = readersGrace;
        this.patience = patience;
    }

    @Override
    public PutResult put(String key, InputStream content, PutOptions options) throws IOException {
        BlobKey.require(key);
        if (options.ifAbsent() && stat(key).isPresent()) {
            return new PutResult.Exists();
        }
        var upload = new BlobUpload(database, patience);
        boolean finished = false;
        try {
            if (!upload.read(content, options.maxBytes())) {
                return new PutResult.TooLarge(options.maxBytes());
            }
            var sha256 = upload.sha256();
            if (!options.sha256().orElse(sha256).equals(sha256)) {
                return new PutResult.ChecksumMismatch(options.sha256().get(), sha256);
            }
            var result = upload.finish(key, options, sha256, readersGrace);
            finished = true;
            return result;
        } finally {
            if (!finished) {
                upload.abandon();
            }
        }
    }

    @Override
    public ReadResult read(String key, ReadOptions options) {
        BlobKey.requireEverStored(key);
        long offset = options.offset();
        return database.ask("read a blob", connection -> {
            try (var read = connection.prepareStatement("select " + COLUMNS + """
                    , b.version, b.chunk_size,
                        case when ? < b.size and b.sha256 <> ? then (
                            select substring(c.bytes from (? % b.chunk_size)::int + 1 for least(?, b.chunk_size)::int)
                                from coatcheck.blob_chunks c
                                where c.version = b.version and c.number = (? / b.chunk_size)::int) end as bytes
                    from coatcheck.blobs b where b.key = ?
                    """)) {
                read.setLong(1, offset);
                read.setString(2, options.ifNoneMatch().orElse(""));
                read.setLong(3, offset);
                read.setLong(4, options.length().orElse(Long.MAX_VALUE));
                read.setLong(5, offset);
                read.setString(6, key);
                return Rows.first(read, row -> opened(row, options)).orElseGet(ReadResult.Missing::new);
            }
        });
    }

    private ReadResult opened(ResultSet row, ReadOptions options) throws SQLException {
        var blob = blob(row);
        if (options.ifNoneMatch().filter(blob.etag()::equals).isPresent()) {
            return new ReadResult.NotModified(blob);
        }
        if (options.offset() > 0 && options.offset() >= blob.size()) {
            return new ReadResult.OutOfRange(blob);
        }
        long length = Math.min(options.length().orElse(Long.MAX_VALUE), blob.size() - options.offset());
        var first = row.getBytes("bytes");
        if (first == null) {
            if (blob.size() > 0) {
                throw new SQLException("the blob has no chunk at offset " + options.offset());
            }
            first = new byte[0];
        }
        var content = new BlobContent(
                new BlobChunks(database, row.getObject("version", UUID.class), row.getInt("chunk_size")),
                options.offset(),
                options.offset() + length,
                first);
        return new ReadResult.Found(blob, options.offset(), length, content);
    }

    @Override
    public Optional<Blob> stat(String key) {
        BlobKey.requireEverStored(key);
        return database.ask("look for a blob", connection -> {
            try (var stat =
                    connection.prepareStatement("select " + COLUMNS + " from coatcheck.blobs b where b.key = ?")) {
                stat.setString(1, key);
                return Rows.first(stat, PostgresBlobs::blob);
            }
        });
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw new IllegalArgumentException("a page has 1 to %d blobs, not %d".formatted(LONGEST_PAGE, limit));
        }
        if (!after.isEmpty()) {
            BlobKey.requireEverStored(after);
        }
        if (!PREFIX.matcher(prefix).matches()) {
            return List.of();
        }
        return database.ask("list blobs", connection -> {
            // A range of the index, since no key holds a character after z. Not "like", where _ means any character.
            try (var list = connection.prepareStatement("select b.key, b.size, b.sha256, b.stored_at"
                    + " from coatcheck.blobs b where b.key >= ? and b.key < ? and b.key > ? order by b.key limit ?")) {
                list.setString(1, prefix);
                list.setString(2, prefix + "\u007f");
                list.setString(3, after);
                list.setInt(4, limit);
                return Rows.all(
                        list,
                        row -> new Listed(
                                row.getString("key"),
                                row.getLong("size"),
                                row.getString("sha256"),
                                Rows.instant(row, "stored_at")));
            }
        });
    }

    @Override
    public boolean delete(String key) {
        BlobKey.requireEverStored(key);
        return database.ask("delete a blob", connection -> {
            try (var delete = connection.prepareStatement("select coatcheck.delete_blob_v1(?, ?)")) {
                delete.setString(1, key);
                delete.setLong(2, readersGrace.toMillis());
                return Rows.only(delete, row -> row.getBoolean(1));
            }
        });
    }

    private static Blob blob(ResultSet row) throws SQLException {
        var metadata = new HashMap<String, String>();
        var names = Rows.texts(row, "metadata_names");
        var values = Rows.texts(row, "metadata_values");
        for (int i = 0; i < names.length; i++) {
            metadata.put(names[i], values[i]);
        }
        var sha256 = row.getString("sha256");
        return new Blob(
                row.getString("key"),
                row.getLong("size"),
                row.getString("content_type"),
                sha256,
                Optional.of(sha256),
                Rows.instant(row, "stored_at"),
                metadata);
    }
}
