package dev.coatcheck.contracts.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every adapter of {@link Blobs} passes, cut by what it is about: {@link Storing}, {@link Refusing},
 * {@link Replacing}, {@link Reading}, {@link Listing}, {@link Keys}. An adapter whose store cannot hold all of it says so in
 * {@link #capabilities()} and passes the rest.
 *
 * <pre>{@code
 * class PostgresBlobsTest extends BlobsContract {
 *     @Override
 *     public Blobs blobs() {
 *         return postgres.blobs();
 *     }
 * }
 * }</pre>
 */
public abstract class BlobsContract implements Storing, Refusing, Replacing, Reading, Listing, Keys {

    /**
     * The blobs under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract Blobs blobs();

    /** What the adapter declares; a test sees to it that it does. */
    @Override
    public Set<BlobCapability> capabilities() {
        return EnumSet.allOf(BlobCapability.class);
    }

    @BeforeEach
    final void testOnlyWhatIsDeclared(TestInfo test) {
        var requires = test.getTestMethod().orElseThrow().getAnnotation(Requires.class);
        if (requires != null) {
            assumeTrue(can(requires.value()), () -> "this adapter does not promise " + requires.value());
        }
    }

    @Test
    void the_adapter_declares_what_is_tested() {
        assertThat(blobs().capabilities()).isEqualTo(capabilities());
    }
}
