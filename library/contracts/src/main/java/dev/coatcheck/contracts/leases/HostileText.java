package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.grant;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.leases;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names that were made to break something. */
interface HostileText extends LeasesUnderTest {
    List<String> NAMES = List.of(
            " ",
            "a\nb\r\nc",
            "'; drop table leases; --",
            "\"\\",
            "}x",
            "{}",
            "{",
            "*",
            "%s %_",
            "\u0001\u007f\u00a0\ufeff",
            "\ud83e\udde5 coat",
            "x".repeat(Leases.MAX_NAME_BYTES));

    @Test
    default void any_text_names_a_lease_and_a_holder() {
        var store = store();
        for (var name : NAMES) {
            var holder = name.substring(0, Math.min(name.length(), LeaseSettings.MAX_HOLDER_BYTES));
            assertThat(store.grant(name, holder, LONG)).as(name).isNotNull();
            assertThat(store.holder(name))
                    .hasValueSatisfying(held -> assertThat(held.name()).isEqualTo(holder));
        }
        for (var name : NAMES) {
            var other = grant(store, name + "'", LONG);
            assertThat(store.renew(List.of(other), LONG)).isEqualTo(Set.of(other));
            assertThat(store.release(other)).isTrue();
            assertThat(store.holder(name)).isPresent();
        }
    }

    @Test
    default void what_is_no_name_is_refused_before_the_store_is_asked() {
        var leases = leases(store(), ADA, LONG);
        for (var name : List.of("", "a\0b", "\ud83e", "x".repeat(Leases.MAX_NAME_BYTES + 1))) {
            assertThatThrownBy(() -> leases.tryAcquire(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> leases.acquire(name, LONG)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> leases.holder(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
