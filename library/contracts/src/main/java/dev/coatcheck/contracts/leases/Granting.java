package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.awaitGrant;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.grant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The store gives each lease to one, for a time, with a token that grows. */
interface Granting extends LeasesUnderTest {

    @Test
    default void a_free_lease_is_granted_and_then_refused_with_the_name_of_its_holder() {
        var store = store();
        var granted = grant(store, REPORT, LONG);
        assertThat(granted.name()).isEqualTo(REPORT);

        for (int i = 0; i < 2; i++) {
            assertThat(store.grant(REPORT, "web.2", LONG)).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.holder().name()).isEqualTo(ADA);
                assertThat(refused.holder().token()).isEqualTo(granted.token());
                assertThat(refused.holder().endsIn()).isBetween(LONG.minus(PATIENCE), LONG);
            });
        }
        assertThat(store.holder(REPORT))
                .hasValueSatisfying(holder -> assertThat(holder.name()).isEqualTo(ADA));
    }

    @Test
    default void a_lease_that_nobody_has_has_no_holder() {
        var store = store();
        assertThat(store.holder(REPORT)).isEmpty();
        var granted = grant(store, REPORT, LONG);
        store.release(granted);

        assertThat(store.holder(REPORT)).isEmpty();
    }

    @Test
    default void leases_of_other_names_are_others() {
        var store = store();
        var names = List.of("report", "Report", "report ", "reports", "re:port", "{report}");
        names.forEach(name -> grant(store, name, LONG));

        assertThat(names)
                .allSatisfy(name -> assertThat(store.grant(name, ADA, LONG)).isInstanceOf(Refused.class));
    }

    @Test
    default void a_lease_ends_by_itself_and_is_then_the_next_ones() {
        var store = store();
        var lost = grant(store, REPORT, SHORT);

        var next = awaitGrant(store, REPORT, LONG);

        assertThat(next.token()).isGreaterThan(lost.token());
    }

    @Test
    default void tokens_grow_with_each_grant_however_the_one_before_ended() {
        var store = store();
        long last = 0;
        for (int i = 0; i < 20; i++) {
            var granted = awaitGrant(store, REPORT, i % 2 == 0 ? Duration.ofMillis(2) : LONG);
            assertThat(granted.token()).isGreaterThan(last);
            last = granted.token();
            if (i % 2 == 1) {
                store.release(granted);
            }
        }
    }

    @Test
    default void a_renewed_lease_does_not_end() {
        var store = store();
        var duration = Duration.ofSeconds(3);
        var granted = grant(store, REPORT, duration);

        await().during(duration.plusSeconds(1))
                .atMost(PATIENCE)
                .pollInterval(duration.dividedBy(10))
                .until(() -> store.renew(List.of(granted), duration).equals(Set.of(granted))
                        && store.grant(REPORT, "web.2", LONG) instanceof Refused);

        assertThat(awaitGrant(store, REPORT, LONG).token()).isGreaterThan(granted.token());
    }

    @Test
    default void renewing_tells_which_leases_are_still_held() {
        var store = store();
        var kept = grant(store, "kept", LONG);
        var released = grant(store, "released", LONG);
        store.release(released);
        var overtaken = grant(store, "overtaken", SHORT);
        awaitGrant(store, "overtaken", LONG);
        var ended = grant(store, "ended", SHORT);
        await().atMost(PATIENCE).until(() -> store.holder("ended").isEmpty());
        var unknown = new Grant("unknown", 1);

        assertThat(store.renew(List.of(kept, released, overtaken, ended, unknown), LONG))
                .containsExactly(kept);
        assertThat(store.renew(List.of(), LONG)).isEmpty();
        assertThat(store.grant("ended", ADA, LONG)).isInstanceOf(Granted.class);
        assertThat(store.holder("unknown")).isEmpty();
    }

    @Test
    default void a_lease_is_released_once_and_by_nobody_else() {
        var store = store();
        var first = grant(store, REPORT, SHORT);
        var second = awaitGrant(store, REPORT, LONG);

        assertThat(store.release(first)).isFalse();
        assertThat(store.release(new Grant(REPORT, second.token() + 1))).isFalse();
        assertThat(store.release(new Grant("other", second.token()))).isFalse();
        assertThat(store.grant(REPORT, ADA, LONG)).isInstanceOf(Refused.class);

        assertThat(store.release(second)).isTrue();
        assertThat(store.release(second)).isFalse();
        var third = grant(store, REPORT, LONG);
        assertThat(store.release(second)).isFalse();
        assertThat(store.release(third)).isTrue();
    }

    @Test
    default void of_many_who_ask_at_once_one_gets_it() {
        var store = store();
        for (int round = 0; round < 20; round++) {
            var name = "round " + round;
            var results = Together.call(8, thread -> store.grant(name, "web." + thread, LONG));

            assertThat(results.stream().filter(Granted.class::isInstance)).hasSize(1);
        }
    }
}
