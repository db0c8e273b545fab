package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.Cache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What an application does with a cache. */
final class CacheOperations {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Cache cache;

    private CacheOperations(Cache cache) {
        this.cache = cache;
    }

    static List<Operation> of(Cache cache) {
        return new CacheOperations(cache).all();
    }

    private List<Operation> all() {
        return List.of(
                new Operation("get what is kept", Outage.ANSWERS, Room.NONE, () -> {
                    var key = keep(Set.of());
                    return () -> assertThat(load(key, Set.of())).contains("1");
                }),
                new Operation("get what is kept with a tag", Outage.ANSWERS, Room.NONE, () -> {
                    var tags = Set.of(random());
                    var key = keep(tags);
                    return () -> assertThat(load(key, tags)).contains("1");
                }),
                new Operation(
                        "get what is missing",
                        Outage.ANSWERS,
                        Room.SOME,
                        () -> () -> assertThat(load(random(), Set.of())).contains("1")),
                new Operation("invalidate an entry", Outage.FAILS, Room.SOME, () -> {
                    var key = keep(Set.of());
                    return () -> {
                        cache.invalidate(key);
                        assertThat(cache.get(key, LONG, () -> Optional.of("2")).value())
                                .contains("2");
                    };
                }),
                new Operation("invalidate a tag", Outage.FAILS, Room.SOME, () -> {
                    var tag = random();
                    var key = keep(Set.of(tag));
                    return () -> {
                        cache.invalidateTag(tag);
                        assertThat(cache.get(key, Set.of(tag), LONG, () -> Optional.of("2"))
                                        .value())
                                .contains("2");
                    };
                }));
    }

    private String keep(Set<String> tags) {
        var key = random();
        assertThat(cache.get(key, tags, LONG, () -> Optional.of("1"))).isEqualTo(new Loaded(Optional.of("1"), true));
        return key;
    }

    private Optional<String> load(String key, Set<String> tags) {
        return cache.get(key, tags, LONG, () -> Optional.of("1")).value();
    }

    private static String random() {
        return UUID.randomUUID().toString();
    }
}
