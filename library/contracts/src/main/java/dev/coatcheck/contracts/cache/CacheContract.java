package dev.coatcheck.contracts.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.NearSettings;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every adapter of {@link Cache} passes, cut by what it is about: {@link Keeping}, {@link Loading}, {@link Several}, {@link Aging},
 * {@link Tagging}, {@link Nearness}, {@link HostileText}. An adapter whose store cannot hold all of it says so in
 * {@link #capabilities()} and passes the rest.
 *
 * <pre>{@code
 * class RedisCacheTest extends CacheContract {
 *     @Override
 *     public CacheStore store() {
 *         return redis.cacheStore();
 *     }
 * }
 * }</pre>
 */
public abstract class CacheContract implements Keeping, Loading, Several, Aging, Tagging, Nearness, HostileText {

    /** What the adapter declares; a test sees to it that it does. */
    public Set<CacheCapability> capabilities() {
        return EnumSet.allOf(CacheCapability.class);
    }

    /**
     * The store under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract CacheStore store();

    @BeforeEach
    final void testOnlyWhatIsDeclared(TestInfo test) {
        var method = test.getTestMethod().orElseThrow();
        Stream.of(method, method.getDeclaringClass())
                .map(element -> element.getAnnotation(Requires.class))
                .filter(Objects::nonNull)
                .forEach(requires -> assumeTrue(
                        capabilities().contains(requires.value()),
                        () -> "this adapter does not promise " + requires.value()));
    }

    @Test
    void the_adapter_declares_what_is_tested() {
        assertThat(store().capabilities()).isEqualTo(capabilities());
    }

    @Test
    void a_near_cache_that_nobody_would_keep_true_is_refused() {
        assumeTrue(!capabilities().contains(CacheCapability.PUSH), "this adapter promises PUSH");
        var store = store();

        assertThatThrownBy(() -> new Cache(store, CacheUnderTest.ALBUMS.withNear(NearSettings.defaults())))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> store.beat("beat")).isInstanceOf(UnsupportedOperationException.class);
    }
}
