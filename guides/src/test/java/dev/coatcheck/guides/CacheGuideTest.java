package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/cache.md}, as two instances run them. */
class CacheGuideTest {
    private final String url = SharedServers.freshRedisUrl();
    private final Redis redis = Redis.attach(url);
    private final Redis sameRedis = Redis.attach(url);
    private final Database database = new Database();

    @AfterEach
    void detach() {
        redis.close();
        sameRedis.close();
    }

    /** The truth. */
    static final class Database {
        private final Map<String, String> albums = new ConcurrentHashMap<>(Map.of("42", "Rome"));
        private int loads;

        Optional<String> findAlbum(String id) {
            loads++;
            return Optional.ofNullable(albums.get(id));
        }

        Map<String, String> findAlbums(Set<String> ids) {
            loads++;
            var found = new HashMap<>(albums);
            found.keySet().retainAll(ids);
            return found;
        }

        void rename(String id, String title) {
            albums.put(id, title);
        }

        void renameUser(String user, String name) {
            albums.replaceAll((id, title) -> title + " by " + name);
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

        Map<String, Answer> page(List<String> ids) {
            return cached.getAll(ids, Duration.ofMinutes(5), missing -> database.findAlbums(missing));
        }
    }

    @Test
    void a_cache_outside_loads_once_for_all_and_shows_what_was_changed_anywhere() {
        var one = new Albums(database, redis);
        var other = new Albums(database, sameRedis);
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
        var one = new Albums(database, redis);
        var other = new Albums(database, sameRedis);
        one.album("42", "7");
        other.renameUser("7", "Ada");

        assertThat(one.album("42", "7")).contains("Rome by Ada");
    }

    @Test
    void a_page_of_several_is_loaded_at_once() {
        var one = new Albums(database, redis);
        var other = new Albums(database, sameRedis);
        one.album("42");
        assertThat(other.page(List.of("43", "42")).values())
                .extracting(Answer::value)
                .containsExactly(Optional.empty(), Optional.of("Rome"));
        assertThat(one.page(List.of("43", "42"))).hasSize(2);
        assertThat(database.loads).isEqualTo(2);
    }

    @Test
    void settings_for_a_near_cache() {
        var settings = CacheSettings.named("settings").withNear(NearSettings.defaults());
        try (var cache = redis.cache(settings)) {
            assertThat(cache.get("theme", Duration.ofMinutes(5), () -> Optional.of("dark"))
                            .value())
                    .contains("dark");
        }
    }
}
