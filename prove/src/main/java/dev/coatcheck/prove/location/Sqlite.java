package dev.coatcheck.prove.location;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Whether a file belongs to an SQLite database: by its header, or as the write-ahead log or rollback journal beside one.
 *
 * @param database the path of the database; empty where the file belongs to none
 */
record Sqlite(String database) {
    private static final byte[] HEADER = "SQLite format 3\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final List<String> COMPANIONS = List.of("-wal", "-journal", "-shm");

    static Sqlite of(ChangedFile file, Collection<ChangedFile> all) {
        for (String ending : COMPANIONS) {
            if (file.path().endsWith(ending)) {
                String database = file.path().substring(0, file.path().length() - ending.length());
                // The database itself may be unchanged as yet: all that is new is in the log.
                if (all.stream().anyMatch(other -> other.path().equals(database) && hasHeader(other.copy()))
                        || isLog(file.copy())
                        || hasHeader(unchanged(file, ending))) {
                    return new Sqlite(database);
                }
            }
        }
        return new Sqlite(hasHeader(file.copy()) ? file.path() : "");
    }

    boolean isDatabase() {
        return !database.isEmpty();
    }

    private static Path unchanged(ChangedFile companion, String ending) {
        return Path.of(companion.path().substring(0, companion.path().length() - ending.length()));
    }

    private static boolean hasHeader(Path file) {
        return startsWith(file, HEADER);
    }

    /** The magic numbers of a write-ahead log (either byte order of its checksums) and of a rollback journal. */
    private static boolean isLog(Path file) {
        return startsWith(file, new byte[] {0x37, 0x7f, 0x06, (byte) 0x82})
                || startsWith(file, new byte[] {0x37, 0x7f, 0x06, (byte) 0x83})
                || startsWith(file, new byte[] {(byte) 0xd9, (byte) 0xd5, 0x05, (byte) 0xf9});
    }

    private static boolean startsWith(Path file, byte[] beginning) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(beginning.length), beginning);
        } catch (IOException e) {
            return false;
        }
    }
}
