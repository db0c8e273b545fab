package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.contracts.faults.Operation.WithoutStoreException;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.Cache;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

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
                new Operation("get what is kept", Outage.GOES_WITHOUT, Room.NONE, () -> {
                    var key = keep(Set.of());
                    return () -> requireKept(load(key, Set.of()));
                }),
                new Operation("get what is kept with a tag", Outage.GOES_WITHOUT, Room.NONE, () -> {
                    var tags = Set.of(random());
                    var key = keep(tags);
                    return () -> requireKept(load(key, tags));
                }),
                new Operation("get several of which one is missing", Outage.GOES_WITHOUT, Room.NONE, () -> {
                    var kept = keep(Set.of());
                    return () -> requireOneMissing(kept, key -> Set.of());
                }),
                new Operation("get several with tags of which one is missing", Outage.GOES_WITHOUT, Room.NONE, () -> {
                    var tags = Set.of(random());
                    var kept = keep(tags);
                    return () -> requireOneMissing(kept, key -> key.equals(kept) ? tags : Set.of(random()));
                }),
                new Operation(
                        "get what is missing",
                        Outage.ANSWERS,
                        Room.SOME,
                        () -> () -> assertThat(load(random(), Set.of()).value()).contains("2")),
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

    /** Finds something else than what is kept, which tells the two apart. */
    private Answer load(String key, Set<String> tags) {
        return cache.get(key, tags, LONG, () -> Optional.of("2"));
    }

    /** Loads what is missing beside what is kept. */
    private void requireOneMissing(String kept, Function<String, Set<String>> tags) {
        var missing = random();
        var answers = cache.getAll(
                List.of(kept, missing),
                tags,
                LONG,
                keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> "2")));
        assertThat(Objects.requireNonNull(answers.get(missing)).value()).contains("2");
        requireKept(Objects.requireNonNull(answers.get(kept)));
    }

    private static void requireKept(Answer answer) {
        if (answer.equals(new Loaded(Optional.of("2"), false))) {
            throw new WithoutStoreException();
        }
        assertThat(answer).isEqualTo(new Hit(Optional.of("1")));
    }

    private static String random() {
        return UUID.randomUUID().toString();
    }
}
