package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ToSeeAgainTest {
    @Test
    void what_was_typed_is_quoted_for_a_shell_without_what_chooses_checks_and_reports() {
        assertThat(command(
                        "prove",
                        "my app",
                        "--checks",
                        "spread",
                        "--report=out",
                        "--baseline",
                        "b.json",
                        "--write-baseline",
                        "--strict",
                        "--step",
                        "POST /a {\"b\": 'c'}"))
                .isEqualTo("coatcheck prove 'my app' --step 'POST /a {\"b\": '\\''c'\\''}'");
    }

    @Test
    void values_of_variables_are_left_to_the_shell() {
        assertThat(command(
                        "prove",
                        "--env",
                        "REDIS_URL=redis://:hunter2@cache:6379/0",
                        "--env=KEY=a=b\nc",
                        "--variable",
                        "api-key=hunter3",
                        "--lease",
                        "5"))
                .isEqualTo("coatcheck prove --env REDIS_URL=\"$REDIS_URL\" --env KEY=\"$KEY\""
                        + " --variable api-key=\"$api_key\" --lease 5");
    }

    @Test
    void an_option_that_lacks_its_value_stays_as_it_is() {
        assertThat(command("prove", "--env")).isEqualTo("coatcheck prove --env");
    }

    private static String command(String... arguments) {
        return ToSeeAgain.command(List.of(arguments));
    }
}
