package dev.coatcheck.prove.load;

import static dev.coatcheck.prove.load.Likeness.ANSWERED;
import static dev.coatcheck.prove.load.Likeness.NONE;
import static dev.coatcheck.prove.load.Likeness.STATUS;
import static dev.coatcheck.prove.load.Likeness.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsualTest {
    private static final int NO_VICTIM = Integer.MAX_VALUE;

    @Test
    void a_step_is_held_to_the_least_that_was_seen_of_it_without_a_change() {
        Usual usual = new Usual(NO_VICTIM);
        usual.learn(1, WHOLE);
        usual.learn(2, STATUS);
        usual.learn(2, WHOLE);
        usual.learn(3, NONE);

        assertThat(usual.isBroken(1, STATUS)).isTrue();
        assertThat(usual.isBroken(2, STATUS)).isFalse();
        assertThat(usual.isBroken(2, ANSWERED)).isTrue();
        assertThat(usual.isBroken(3, NONE)).isFalse();
    }

    @Test
    void a_step_that_was_never_answered_is_held_to_nothing() {
        Usual usual = new Usual(NO_VICTIM);

        assertThat(usual.of(1)).isEqualTo(NONE);
        assertThat(usual.isBroken(1, NONE)).isFalse();
    }

    @Test
    void from_the_victim_of_a_known_leak_on_any_answer_will_do_and_none_will_not() {
        Usual usual = new Usual(2);
        for (int step = 1; step <= 3; step++) {
            usual.learn(step, WHOLE);
        }

        assertThat(usual.isBroken(1, ANSWERED)).isTrue();
        assertThat(usual.isBroken(2, ANSWERED)).isFalse();
        assertThat(usual.isBroken(3, NONE)).isTrue();
    }

    @Test
    void what_comes_once_it_is_frozen_teaches_nothing() {
        Usual usual = new Usual(NO_VICTIM);
        usual.learn(1, WHOLE);
        usual.freeze();
        usual.learn(1, NONE);
        usual.learn(2, WHOLE);

        assertThat(usual.of(1)).isEqualTo(WHOLE);
        assertThat(usual.of(2)).isEqualTo(NONE);
    }
}
