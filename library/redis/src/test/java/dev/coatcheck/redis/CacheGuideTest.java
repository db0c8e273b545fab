package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/cache.md}: each is a part of this file, and does what the page says. */
class CacheGuideTest {
    private static final Pattern SAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final TestRedis store = TestRedis.fresh();
    private final Database database = new Database();

    @AfterEach
    void detach() {
        store.close();
    }

    /** The truth. */
    static final class Database {
        private final Map<String, String> albums = new ConcurrentHashMap<>(Map.of("42", "Rome"));
        private int loads;

        String albumAsJson(String id) {
            return albums.getOrDefault(id, "");
        }

        Optional<String> findAlbum(String id) {
            loads++;
            return Optional.ofNullable(albums.get(id));
        }

        void rename(String id, String title) {
            albums.put(id, title);
        }

        void renameUser(String user, String name) {
            albums.replaceAll((id, title) -> title + " by " + name);
        }
    }

    static final class AlbumsInOneProcess {
        private final Database database;

        AlbumsInOneProcess(Database database) {
            this.database = database;
        }

        private final Map<String, String> cached = new ConcurrentHashMap<>();

        String album(String id) {
            return cached.computeIfAbsent(id, database::albumAsJson); // in each instance
        }

        void rename(String id, String title) {
            database.rename(id, title);
            cached.remove(id); // here; the others show the old title for ever
        }
    }

    static final class Albums {
        private final Database database;
        private final Cache cached;

        Albums(Database database, Redis redis) {
            this.database = database;
            this.cached = redis.cache(CacheSettings.named("albums").withStale(Duration.ofHours(1)));
        }

        Optional<String> album(String id) {
            return cached.get(id, Duration.ofMinutes(5), () -> database.findAlbum(id))
                    .value();
        }

        void rename(String id, String title) {
            database.rename(id, title);
            cached.invalidate(id); // after the change, so that nobody loads what was there before
        }

        Optional<String> album(String id, String owner) {
            return cached.get(id, Set.of("user:" + owner), Duration.ofMinutes(5), () -> database.findAlbum(id))
                    .value();
        }

        void renameUser(String user, String name) {
            database.renameUser(user, name);
            cached.invalidateTag("user:" + user);
        }
    }

    @Test
    void a_map_in_each_process_shows_what_another_process_has_changed() {
        var one = new AlbumsInOneProcess(database);
        var other = new AlbumsInOneProcess(database);
        assertThat(other.album("42")).isEqualTo("Rome");
        one.rename("42", "Roma");

        assertThat(one.album("42")).isEqualTo("Roma");
        assertThat(other.album("42")).as("what breaks").isEqualTo("Rome");
    }

    @Test
    void a_cache_outside_does_not_and_loads_once() {
        var one = new Albums(database, store.redis());
        var other = new Albums(database, store.redis());
        assertThat(one.album("42")).contains("Rome");
        assertThat(other.album("42")).contains("Rome");
        assertThat(database.loads).isEqualTo(1);
        one.rename("42", "Roma");

        assertThat(other.album("42")).contains("Roma");
        assertThat(other.album("43")).isEmpty();
        assertThat(one.album("43")).isEmpty();
        assertThat(database.loads).isEqualTo(3);
    }

    @Test
    void a_tag_invalidates_all_that_has_it() {
        var one = new Albums(database, store.redis());
        var other = new Albums(database, store.redis());
        one.album("42", "7");
        other.renameUser("7", "Ada");

        assertThat(one.album("42", "7")).contains("Rome by Ada");
    }

    @Test
    void settings_for_a_near_cache() {
        var settings = CacheSettings.named("settings").withNear(NearSettings.defaults());
        try (var cache = store.redis().cache(settings)) {
            assertThat(cache.get("theme", Duration.ofMinutes(5), () -> Optional.of("dark"))
                            .value())
                    .contains("dark");
        }
    }

    @Test
    void every_sample_of_the_page_is_part_of_this_file() throws IOException {
        var page = Files.readString(root().resolve("docs/cache.md"));
        var here = withoutSpaces(Files.readString(
                root().resolve("library/redis/src/test/java/dev/coatcheck/redis/CacheGuideTest.java")));
        var samples =
                SAMPLE.matcher(page).results().map(found -> found.group(1)).toList();

        assertThat(samples).hasSize(4).allSatisfy(sample -> assertThat(here).contains(withoutSpaces(sample)));
    }

    /** The page breaks lines as it likes. */
    private static String withoutSpaces(String code) {
        return code.replaceAll("\\s+", "");
    }

    /** The folder of the whole project, from wherever the test runs. */
    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .filter(folder -> Files.exists(folder.resolve("docs/cache.md")))
                .findFirst()
                .orElseThrow();
    }
}
