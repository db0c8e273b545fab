package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSearchTest {
    private static final String SID = "q1w2e3r4t5y6u7i8";
    private static final List<Needle> NEEDLES = Needles.from(Map.of("the cookie sid of step 1", SID));

    @TempDir
    private Path folder;

    private final List<ChangedFile> changed = new ArrayList<>();

    @Test
    void a_text_file_is_told_with_the_line() throws IOException {
        write("sessions.json", "{\n  \"a\": 1,\n  \"" + SID + "\": {}\n}");
        write("large.log", "a line of some length\n".repeat(100_000) + SID);

        assertThat(paths()).containsExactly("/srv/app/large.log, line 100001", "/srv/app/sessions.json, line 3");
    }

    @Test
    void a_binary_file_is_told_with_its_size() throws IOException {
        write("sessions.bin", "\0\1\2" + SID + "\0");

        assertThat(paths()).containsExactly("/srv/app/sessions.bin (20 bytes, binary)");
    }

    @Test
    void a_file_is_told_by_its_name() throws IOException {
        write("sess_" + SID, "user|s:5:alice");

        assertThat(paths())
                .containsExactly("/srv/app/sess_" + SID + ", named after the cookie sid of step 1 (14 bytes)");
    }

    @Test
    void an_sqlite_database_is_told_once_with_its_log() throws IOException, InterruptedException {
        assumeTrue(SearchPath.ofThisJvm().find("python3").isPresent(), "there is Python here");
        String insert = "import os, sqlite3, sys; c = sqlite3.connect('app.db'); c.execute('pragma journal_mode=wal');"
                + "c.execute('create table t(s)'); c.execute('insert into t values(?)', (sys.argv[1],)); c.commit();"
                + "os._exit(0)";
        Process python = new ProcessBuilder("python3", "-c", insert, SID)
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(python.waitFor()).isZero();
        for (String name : List.of("app.db-wal", "app.db", "app.db-shm")) {
            assertThat(folder.resolve(name)).exists();
            changed.add(new ChangedFile("/srv/app/" + name, folder.resolve(name)));
        }

        assertThat(paths()).containsExactly("SQLite database /srv/app/app.db");
    }

    @Test
    void what_runtimes_write_for_themselves_is_no_finding() throws IOException {
        write("data.txt", "nothing of interest");
        Files.createDirectories(folder.resolve("__pycache__"));
        write("__pycache__/app.pyc", "x");
        write(".attach_pid17", "");

        FileSearch.Result result = FileSearch.search("web.1", changed, NEEDLES);

        assertThat(result.holding()).isEmpty();
        assertThat(result.others()).containsExactly("/srv/app/data.txt");
    }

    @Test
    void a_folder_is_not_told_beside_the_files_in_it() throws IOException {
        for (String made : List.of("users/" + SID, "users/" + SID + "/cache", "logs")) {
            changed.add(new ChangedFile("/srv/app/" + made, Files.createDirectories(folder.resolve(made))));
        }
        write("users/" + SID + "/cache/items", "a card of " + SID);
        write("logs/today", "nothing of interest");

        FileSearch.Result result = FileSearch.search("web.1", changed, NEEDLES);

        assertThat(paths()).containsExactly("/srv/app/users/" + SID + "/cache/items, line 1");
        assertThat(result.others()).containsExactly("/srv/app/logs/today");
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
        changed.add(new ChangedFile("/srv/app/" + name, file));
    }

    private List<String> paths() {
        return FileSearch.search("web.1", changed, NEEDLES).holding().stream()
                .map(Location::path)
                .toList();
    }
}
