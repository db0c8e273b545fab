package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtendedTest {
    private static final Scenario SCENARIO =
            StepLines.read(List.of("POST /a", "GET /b", "POST /c"), Path.of("."), List.of());

    /** Steps 1, 2, 2 again, 3. */
    private final Extended longer = longer();

    private static Extended longer() {
        Extended.Writer writer = new Extended.Writer(SCENARIO);
        writer.play(1);
        writer.play(2);
        writer.add(SCENARIO.steps().get(1));
        writer.play(3);
        return writer.done();
    }

    @Test
    void a_sentence_is_told_in_the_numbers_of_the_original() {
        assertThat(longer.inWords("confirm split 3 of 3: step 4 broke, as step 3 did, and step 5 is not there"))
                .isEqualTo("confirm split 3 of 3: step 3 broke, as step 2 did, and step 5 is not there");
    }

    @Test
    void what_is_repeated_is_the_step_itself_and_what_is_tied_is_all_that_is_like_it() {
        Allowances here = longer.allowances(Allowances.NONE.repeating(3).tying(List.of(1, 2)));

        assertThat(here.repeated()).containsExactly(4);
        assertThat(here.tied())
                .singleElement()
                .satisfies(group -> assertThat(group).containsExactly(1, 2, 3));
    }

    @Test
    void workers_share_the_disk_of_the_step_itself_and_not_of_one_that_was_asked_before_it() {
        Extended.Writer writer = new Extended.Writer(SCENARIO);
        writer.add(SCENARIO.steps().get(1));
        SCENARIO.steps().forEach(step -> writer.play(step.number()));

        assertThat(writer.done().allowances(Allowances.NONE.withWorkersAt(2)).workersWith())
                .hasValue(3);
    }

    @Test
    void what_is_added_expects_nothing_and_takes_nothing() {
        assertThat(longer.isAdded(3)).isTrue();
        assertThat(longer.scenario().steps().get(2))
                .isEqualTo(SCENARIO.steps().get(1).bare().withNumber(3));
    }
}
