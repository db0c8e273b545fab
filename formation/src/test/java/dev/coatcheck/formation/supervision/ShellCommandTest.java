package dev.coatcheck.formation.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellCommandTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "|node server.js",
                "|./bin/web --port $PORT --name \"a; b\" 'c && d' e\\;f",
                "NODE_ENV=production NAME='a b' |node server.js",
                "|server <input >output 2>&1",
                "|/usr/bin/env python3 -c 'print(\"(a)\")'"
            })
    void a_simple_command_takes_the_place_of_its_shell(String command) {
        assertThat(ShellCommand.inPlaceOfTheShell(command.replace("|", ""))).isEqualTo(command.replace("|", "exec "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cd app && node server.js",
                "a; b",
                "a | b",
                "a &",
                "(a)",
                "a $(b)",
                "a `b`",
                "a\nb",
                "cd /",
                "exec a",
                "if a",
                ". ./env",
                "$COMMAND",
                "\"a b\"",
                "A=b",
                "a # b",
                "a 'b",
                "while true",
                "[ a ]",
                ""
            })
    void anything_else_is_left_to_the_shell(String command) {
        assertThat(ShellCommand.inPlaceOfTheShell(command)).isEqualTo(command);
    }

    @Test
    void assignments_still_reach_the_command() throws Exception {
        Process process = new ProcessBuilder(
                        "sh", "-c", ShellCommand.inPlaceOfTheShell("A='b c' D=e sh -c 'echo $A $D $0' last"))
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("b c e last");
    }
}
