package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Debt;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.LimitStore.Answer;
import dev.coatcheck.state.limits.LimitStore.Answer.Refused;
import dev.coatcheck.state.limits.LimitStore.Answer.Spent;
import dev.coatcheck.state.limits.ReservationIds;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is PostgreSQL's own about limits: its rows, its arithmetic, and its clock, which jumps. */
class LimitRowsTest {
    private static final Limit TWO_AN_HOUR = Limit.of("two", 2, Duration.ofHours(1));
    private static final String ROWS = "select xmin || ' ' || ctid || ' ' || paid_at_us from coatcheck.limits";

    @RegisterExtension
    final Databases databases = new Databases();

    private Postgres postgres = databases.empty();

    private Answer acquire(Ask... asks) {
        return store().acquire(List.of(asks));
    }

    private PostgresLimitStore store() {
        return new PostgresLimitStore(new Database(postgres.dataSource(), "the database under test"));
    }

    private static Duration wait(Answer refused) {
        assertThat(refused).isInstanceOf(Refused.class);
        return ((Refused) refused).blocks().get(0).retryAfter();
    }

    @Test
    void what_is_refused_writes_nothing_and_locks_nothing() {
        acquire(TWO_AN_HOUR.on("ada").withCost(2));
        var before = query(postgres, ROWS);

        acquire(TWO_AN_HOUR.on("ada"), TWO_AN_HOUR.on("grace"));

        assertThat(query(postgres, ROWS)).isEqualTo(before).hasSize(1);
    }

    @Test
    void spending_touches_no_index() {
        var limit = Limit.of("many", 1_000_000, Duration.ofHours(1));
        acquire(limit.on("ada"));
        long before = updatesOfIndexes();
        for (int i = 0; i < 20; i++) {
            acquire(limit.on("ada"));
        }

        // At the turn of an hour one of them does.
        assertThat(updatesOfIndexes() - before).isLessThanOrEqualTo(1);
    }

    private long updatesOfIndexes() {
        query(postgres, "select pg_stat_force_next_flush()");
        return Long.parseLong(query(postgres, """
                select n_tup_upd - n_tup_hot_upd from pg_stat_user_tables where relid = 'coatcheck.limits'::regclass
                """).get(0));
    }

    /** The server's arithmetic against the one here, step by step at the server's own times. */
    @ParameterizedTest
    @CsvSource({"7, PT10S", "600000, PT1S", "999983, PT1.000001S", "999999937, PT8784H", "3, PT0.003S", "1, PT8784H"})
    void the_server_counts_as_exactly_as_it_is_done_here(long permits, Duration window) {
        var limit = Limit.of("odd", permits, window);
        var random = new Random(permits);
        var owed = Debt.none(limit);
        long before = 0;
        for (int i = 0; i < 50; i++) {
            var ask = limit.on("ada").withCost(Math.max(1, (long) (random.nextDouble() * permits / 20)));
            if (acquire(ask) instanceof Spent spent) {
                long now = ReservationIds.spentAt(new Reservation(spent.reservation(), List.of(ask)));
                owed = owed.after(now - before).plus(Debt.of(ask));
                before = now;
                assertThat(spent.debts()).containsExactly(owed);
            }
        }
        assertThat(before).as("nothing was allowed").isPositive();
    }

    @Test
    void under_a_changed_limit_the_same_number_of_permits_is_owed_as_it_is_done_here() {
        var random = new Random(42);
        for (int i = 0; i < 100; i++) {
            var old = random(random);
            var changed = random(random);
            var debt = Debt.of(old.on("ada").withCost(1 + (long) (random.nextDouble() * old.permits())));
            var expected = debt.under(changed);

            assertThat(query(postgres, """
                    select (d).micros || ' ' || (d).rest from (
                        select coatcheck.limit_debt_v1(row('', %d, %d, %d, %d, 0)::coatcheck.limits, 0, %d, %d) as d) as one
                    """.formatted(
                                    debt.micros(),
                                    debt.rest(),
                                    old.permits(),
                                    Debt.windowMicros(old),
                                    changed.permits(),
                                    Debt.windowMicros(changed))))
                    .as("%s under %s", debt, changed)
                    .containsExactly(expected.micros() + " " + expected.rest());
        }
    }

    private static Limit random(Random random) {
        long permits = 1 + (long) Math.pow(10, 9 * random.nextDouble());
        return Limit.of(
                "a",
                Math.min(permits, Limit.MAX_PERMITS),
                Duration.ofNanos(1_000 * (permits + random.nextLong(30_000_000_000_000L))));
    }

    @Test
    void a_clock_that_is_set_forward_gives_permits_back_early_and_one_that_is_set_back_costs_a_window_at_most() {
        postgres = databases.fresh();
        postgres.migrate();
        setClock(0);
        acquire(TWO_AN_HOUR.on("ada").withCost(2));
        assertThat(wait(acquire(TWO_AN_HOUR.on("ada")))).isEqualTo(Duration.ofMinutes(30));

        setClock(24 * 60);
        assertThat(acquire(TWO_AN_HOUR.on("ada").withCost(2)))
                .as("a day passed, as far as the store knows")
                .isInstanceOf(Spent.class);
        assertThat(wait(acquire(TWO_AN_HOUR.on("ada")))).isEqualTo(Duration.ofMinutes(30));

        setClock(0);
        assertThat(wait(acquire(TWO_AN_HOUR.on("ada"))))
                .as("not a day and an hour")
                .isEqualTo(Duration.ofMinutes(30));
        setClock(29);
        assertThat(wait(acquire(TWO_AN_HOUR.on("ada")))).isEqualTo(Duration.ofMinutes(1));
        setClock(30);
        assertThat(acquire(TWO_AN_HOUR.on("ada"))).isInstanceOf(Spent.class);
        assertThat(acquire(TWO_AN_HOUR.on("ada"))).isInstanceOf(Refused.class);
    }

    @Test
    void while_the_clock_jumps_back_and_forth_each_jump_gives_one_burst_at_the_most() {
        postgres = databases.fresh();
        postgres.migrate();
        int granted = 0;
        for (int jump = 0; jump < 6; jump++) {
            setClock(jump % 2 * 24 * 60);
            for (int i = 0; i < 5; i++) {
                granted += acquire(TWO_AN_HOUR.on("ada")) instanceof Spent ? 1 : 0;
            }
        }

        assertThat(granted).as("the first two, and two for each jump forward").isEqualTo(2 + 3 * 2);
    }

    @Test
    void what_was_spent_before_the_clock_was_set_back_can_be_given_back_and_once() {
        postgres = databases.fresh();
        postgres.migrate();
        setClock(60);
        var ask = TWO_AN_HOUR.on("ada").withCost(2);
        var reservation = new Reservation(((Spent) acquire(ask)).reservation(), List.of(ask));
        setClock(0);

        store().refund(reservation);
        assertThat(acquire(ask)).isInstanceOf(Spent.class);
        store().refund(reservation);
        assertThat(acquire(TWO_AN_HOUR.on("ada"))).isInstanceOf(Refused.class);
    }

    /** The database's clock, for limits alone. */
    private void setClock(int minutes) {
        update(
                postgres,
                "create or replace function coatcheck.limit_clock_v1() returns bigint language sql volatile as $$"
                        + " select %d::bigint $$".formatted((1_000_000 + minutes) * 60_000_000L));
    }

    @Test
    void what_is_no_reservation_is_a_mistake() {
        assertThatThrownBy(() -> store().refund(new Reservation("forged", List.of(TWO_AN_HOUR.on("ada")))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
