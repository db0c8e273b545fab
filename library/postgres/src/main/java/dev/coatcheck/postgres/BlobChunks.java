package dev.coatcheck.postgres;

import java.util.Optional;
import java.util.UUID;

/**
 * The bytes of one version.
 *
 * @param size of each chunk but the last
 */
record BlobChunks(Database database, UUID version, int size) {

    /**
     * Reads from an offset to the end of its chunk, and not beyond {@code end}.
     *
     * @return empty where the chunk is no longer there
     */
    Optional<byte[]> read(long offset, long end) {
        int within = (int) (offset % size);
        return database.ask("read a chunk of a blob", connection -> {
            try (var read = connection.prepareStatement("select substring(c.bytes from ? for ?)"
                    + " from coatcheck.blob_chunks c where c.version = ? and c.number = ?")) {
                read.setInt(1, within + 1);
                read.setInt(2, (int) Math.min(size - within, end - offset));
                read.setObject(3, version);
                read.setInt(4, Math.toIntExact(offset / size));
                return Rows.first(read, row -> row.getBytes(1));
            }
        });
    }
}
