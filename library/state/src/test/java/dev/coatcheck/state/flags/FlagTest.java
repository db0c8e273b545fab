package dev.coatcheck.state.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.coatcheck.state.flags.Evaluation.Reason;
import dev.coatcheck.state.flags.Rule.Share;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what, and how it is stored. */
class FlagTest {
    private static final Flag SEPIA = Flag.of("sepia", FlagValue.of(false))
            .with(Rule.where("plan", "pro", "team").and("country", "ie").serve(FlagValue.of(true)))
            .with(Rule.everybody().serve(FlagValue.of(true), 10));

    private static long on(Flag flag) {
        return IntStream.range(0, 20_000)
                .filter(i -> flag.evaluate(Audience.of("user-" + i)).value().equals(FlagValue.of(true)))
                .count();
    }

    private static Flag rolledOut(double percent) {
        return Flag.of("new", FlagValue.of(false)).with(Rule.everybody().serve(FlagValue.of(true), percent));
    }

    @Test
    void the_first_rule_that_has_a_value_decides() {
        var irish = Audience.nobody().with("country", "ie");

        assertThat(SEPIA.evaluate(irish.with("plan", "pro")))
                .isEqualTo(new Evaluation(FlagValue.of(true), Reason.RULE));
        assertThat(SEPIA.evaluate(irish.with("plan", "team")).reason()).isEqualTo(Reason.RULE);
        assertThat(SEPIA.evaluate(irish.with("plan", "free")))
                .isEqualTo(new Evaluation(FlagValue.of(false), Reason.OTHERWISE));
        assertThat(SEPIA.evaluate(Audience.nobody().with("plan", "pro")).reason())
                .as("not all conditions hold")
                .isEqualTo(Reason.OTHERWISE);
    }

    @Test
    void a_share_is_as_large_as_it_says_and_only_grows() {
        assertThat(on(rolledOut(0))).isZero();
        assertThat((double) on(rolledOut(10))).isCloseTo(2_000, within(200.0));
        assertThat((double) on(rolledOut(50))).isCloseTo(10_000, within(400.0));
        assertThat(on(rolledOut(100))).isEqualTo(20_000);
        for (int i = 0; i < 2_000; i++) {
            var user = Audience.of("user-" + i);
            if (rolledOut(10).evaluate(user).reason() == Reason.SHARE) {
                assertThat(rolledOut(20).evaluate(user).reason()).isEqualTo(Reason.SHARE);
            }
        }
    }

    @Test
    void shares_of_several_values_do_not_overlap_and_flags_do_not_share_their_users() {
        var three = new Flag(
                "colour",
                FlagValue.of("grey"),
                List.of(new Rule(
                        List.of(),
                        List.of(new Share(FlagValue.of("red"), 2_500), new Share(FlagValue.of("blue"), 2_500)))));
        var counts = IntStream.range(0, 20_000)
                .mapToObj(i -> three.evaluate(Audience.of("user-" + i)).value())
                .collect(Collectors.groupingBy(value -> value, Collectors.counting()));

        assertThat((double) counts.getOrDefault(FlagValue.of("red"), 0L)).isCloseTo(5_000, within(350.0));
        assertThat((double) counts.getOrDefault(FlagValue.of("blue"), 0L)).isCloseTo(5_000, within(350.0));
        long both = IntStream.range(0, 20_000)
                .filter(i -> Bucket.of("a", "user-" + i) < 5_000 && Bucket.of("b", "user-" + i) < 5_000)
                .count();
        assertThat((double) both).isCloseTo(5_000, within(350.0));
    }

    @Test
    void a_key_is_in_the_same_place_in_every_process_and_release() {
        assertThat(List.of(Bucket.of("sepia", "ada"), Bucket.of("sepia", "grace"), Bucket.of("new", "ada")))
                .containsExactly(4_218, 674, 8_658);
    }

    @Test
    void who_is_not_known_is_in_no_share() {
        assertThat(rolledOut(99).evaluate(Audience.nobody()).reason()).isEqualTo(Reason.OTHERWISE);
        assertThat(rolledOut(100).evaluate(Audience.nobody()).reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertThatThrownBy(() -> Flag.of("", FlagValue.of(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Flag.of("x".repeat(257), FlagValue.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Flag.of("a\0", FlagValue.of(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FlagValue.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SEPIA.with(Rule.everybody().serve(FlagValue.of("on"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one type");
        assertThatThrownBy(() -> Rule.everybody().serve(FlagValue.of(true), 101))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rule(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
        var large = Flag.of("a", FlagValue.of("x".repeat(Flag.MAX_STORED_BYTES)));
        assertThatThrownBy(() -> FlagFormat.write(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("larger than");
    }

    @Test
    void what_was_written_is_read() {
        var odd = "tab\tline\nback\\slash\\n é 漢字 🧥";
        for (var flag : List.of(
                SEPIA,
                Flag.of("whole", FlagValue.of(Long.MIN_VALUE)),
                Flag.of("real", FlagValue.of(0.1)),
                Flag.of(odd, FlagValue.of(odd))
                        .with(Rule.where(odd, odd, "", "b").serve(FlagValue.of(odd), 33.33))
                        .with(Rule.where("none").serve(FlagValue.of(""))))) {
            assertThat(FlagFormat.read(flag.name(), FlagFormat.write(flag))).isEqualTo(flag);
        }
    }

    @Test
    void what_the_first_release_wrote_is_read() {
        var stored = "1\notherwise\tbool\tfalse\nrule\nwhere\tplan\tpro\tteam\nwhere\tcountry\tie\n"
                + "serve\t10000\tbool\ttrue\nrule\nserve\t1000\tbool\ttrue";

        assertThat(FlagFormat.write(SEPIA)).isEqualTo(stored);
        assertThat(FlagFormat.read("sepia", stored)).isEqualTo(SEPIA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "2\notherwise\tbool\ttrue",
                "1\notherwise\tbool",
                "1\notherwise\tdate\ttoday",
                "1\notherwise\twhole\tx",
                "1\notherwise\tbool\tyes",
                "1\notherwise\tbool\ttrue\nserve\t1\tbool\ttrue",
                "1\notherwise\tbool\ttrue\nrule",
                "1\notherwise\tbool\ttrue\nrule\nserve\t10001\tbool\ttrue",
                "1\notherwise\tbool\ttrue\nrule\nserve\t1\ttext\ttrue",
                "1\notherwise\tbool\ttrue\n"
            })
    void what_is_no_flag_is_refused(String text) {
        assertThatThrownBy(() -> FlagFormat.read("a", text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void attributes_are_what_they_were_told() {
        assertThat(Audience.of("ada").with("plan", "pro")).isEqualTo(new Audience("ada", Map.of("plan", "pro")));
    }
}
