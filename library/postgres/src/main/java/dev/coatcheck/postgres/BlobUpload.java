package dev.coatcheck.postgres;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * One upload: chunks under a version that nobody can see, each in a transaction of its own, and a last one that makes the
 * version the blob. One buffer of a chunk's size is all the memory it takes.
 */
final class BlobUpload {
    /** How long an upload may pause between two chunks before it is given up. */
    static final Duration PATIENCE = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger(BlobUpload.class.getName());

    private final Database database;
    private final Duration patience;
    private final UUID version = TimeOrderedIds.next();
    private final MessageDigest digest = sha256Digest();
    private int chunks;
    private long size;

    BlobUpload(Database database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /** Stores what is read; returns whether the content ended within the limit. */
    boolean read(InputStream content, long maxBytes) throws IOException {
        var buffer = new byte[PostgresBlobs.CHUNK_SIZE];
        while (true) {
            // One byte more than is allowed tells that there are more.
            int wanted = (int) Math.min(buffer.length - 1, maxBytes - size) + 1;
            int count = content.readNBytes(buffer, 0, wanted);
            if (size + count > maxBytes) {
                return false;
            }
            if (count > 0) {
                digest.update(buffer, 0, count);
                append(buffer, count);
            }
            if (count < wanted) {
                return true;
            }
        }
    }

    /** Of what was read. Asked for once. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    PutResult finish(String key, PutOptions options, String sha256, Duration readersGrace) {
        return database.ask("store a blob", connection -> {
            try (var finish = connection.prepareStatement(
                    "select * from coatcheck.finish_blob_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                var metadata = options.metadata();
                finish.setString(1, key);
                finish.setObject(2, version);
                finish.setLong(3, size);
                finish.setInt(4, PostgresBlobs.CHUNK_SIZE);
                finish.setString(5, options.contentType());
                finish.setString(6, sha256);
                finish.setArray(
                        7, connection.createArrayOf("text", metadata.keySet().toArray()));
                finish.setArray(
                        8, connection.createArrayOf("text", metadata.values().toArray()));
                finish.setBoolean(9, options.ifAbsent());
                finish.setLong(10, readersGrace.toMillis());
                return Rows.only(finish, row -> switch (row.getString("outcome")) {
                    case "exists" -> new PutResult.Exists();
                    case "stored" ->
                        new PutResult.Stored(new Blob(
                                key,
                                size,
                                options.contentType(),
                                sha256,
                                Optional.of(sha256),
                                Rows.instant(row, "stored_at"),
                                metadata));
                    default -> throw lost();
                });
            }
        });
    }

    /** Lets the sweeper have what was written. Where that cannot be told either, it finds out by itself. */
    void abandon() {
        if (chunks == 0) {
            return;
        }
        try {
            database.ask("give up an upload", connection -> {
                try (var giveUp = connection.prepareStatement("update coatcheck.blob_versions"
                        + " set keep_until = clock_timestamp() where version = ? and keep_until < 'infinity'")) {
                    giveUp.setObject(1, version);
                    return giveUp.executeUpdate();
                }
            });
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to the sweeper", e);
        }
    }

    private void append(byte[] buffer, int count) {
        database.ask("store a chunk of a blob", connection -> {
            try (var append = connection.prepareStatement("select coatcheck.append_blob_chunk_v1(?, ?, ?, ?)")) {
                append.setObject(1, version);
                append.setInt(2, chunks);
                append.setBinaryStream(3, new ByteArrayInputStream(buffer, 0, count), count);
                append.setLong(4, patience.toMillis());
                if (!Rows.only(append, row -> row.getBoolean(1))) {
                    throw lost();
                }
                return true;
            }
        });
        chunks++;
        size += count;
    }

    private SQLException lost() {
        return new SQLException("the upload paused for longer than " + patience
                + " and was given up, or the server crashed and lost a part of it");
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
