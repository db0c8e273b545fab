package dev.coatcheck.state.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CacheSettingsTest {
    private final CacheSettings settings = CacheSettings.named("albums.2");

    @Test
    void what_makes_no_sense_is_refused_with_what_would() {
        List<ThrowingCallable> wrong = List.of(
                () -> CacheSettings.named(""),
                () -> CacheSettings.named("a:b"),
                () -> CacheSettings.named("x".repeat(65)),
                () -> settings.withStale(Duration.ofMillis(-1)),
                () -> settings.withStale(Duration.ofDays(30)),
                () -> settings.withStale(Duration.ofSeconds(Long.MAX_VALUE)),
                () -> settings.withNothingTtl(Duration.ZERO),
                () -> settings.withNothingTtl(Duration.ofDays(31)),
                () -> settings.withJitter(-0.1),
                () -> settings.withJitter(1.1),
                () -> settings.withJitter(Double.NaN),
                () -> settings.withBeta(-1),
                () -> settings.withBeta(Double.NaN),
                () -> settings.withBeta(Double.POSITIVE_INFINITY),
                () -> settings.withLease(Duration.ofMillis(99)),
                () -> settings.withLease(Duration.ofHours(2)),
                () -> settings.withPatience(Duration.ofMillis(-1)),
                () -> settings.withPatience(Duration.ofHours(2)),
                () -> settings.withMaxBytes(0),
                () -> settings.withMaxBytes(CacheSettings.MOST_BYTES + 1),
                () -> NearSettings.defaults().withMaxBytes(0),
                () -> NearSettings.defaults().withStaleness(Duration.ofMillis(99)),
                () -> NearSettings.defaults().withStaleness(Duration.ofMinutes(2)));

        assertThat(wrong)
                .allSatisfy(setting -> assertThatThrownBy(setting)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("cache"));
    }

    @Test
    void each_setting_changes_nothing_else() {
        var changed = settings.withStale(Duration.ofHours(1))
                .withNothingTtl(Duration.ofSeconds(1))
                .withJitter(0)
                .withBeta(2)
                .withLease(Duration.ofSeconds(1))
                .withPatience(Duration.ZERO)
                .withMaxBytes(1)
                .withNear(NearSettings.defaults());

        assertThat(changed)
                .isEqualTo(new CacheSettings(
                        "albums.2",
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        0,
                        2,
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        1,
                        Optional.of(NearSettings.defaults())));
    }
}
