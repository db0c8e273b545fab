package dev.coatcheck.formation.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcfileTest {
    private final Problems problems = new Problems();

    @Test
    void a_line_is_a_name_and_a_shell_command() {
        assertThat(parse("""
                # what runs
                web: PORT=$PORT node server.js --greeting "a: b" | tee log # not a comment of ours

                worker-2:./work
                  # indented comment
                RELEASE_1:\tbin/migrate && true
                """))
                .containsExactly(
                        Map.entry(
                                "web",
                                "PORT=$PORT node server.js --greeting \"a: b\" | tee log # not a comment of ours"),
                        Map.entry("worker-2", "./work"),
                        Map.entry("RELEASE_1", "bin/migrate && true"));
        assertThat(problems.found()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"web: a\nworker: b", "\n\nweb: a\n\n\nworker:b\n", "web:   a  \nworker:\tb\t\n"})
    void ends_of_lines_and_blanks_around_a_command_do_not_matter(String text) {
        assertThat(parse(text)).containsExactly(Map.entry("web", "a"), Map.entry("worker", "b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            web node server.js      | Procfile:1: has no colon; a line reads 'name: command', as in 'web: node server.js'
            web:                    | Procfile:1: the process type 'web' has no command
            ' web: a'               | Procfile:1: ' web' is no name for a process type: it begins at the start of its line, and its colon follows at once
            'web : a'               | Procfile:1: 'web ' is no name for a process type: it begins at the start of its line, and its colon follows at once
            web.1: a                | Procfile:1: 'web.1' is no name for a process type: it takes 1 to 63 letters, digits, '-' and '_'
            : a                     | Procfile:1: '' is no name for a process type: it takes 1 to 63 letters, digits, '-' and '_'
            web: a \\                | Procfile:1: the command of 'web' ends in a backslash, and does not go on in the next line: a command is one line
            web: a & b &            | Procfile:1: the command of 'web' ends in '&', which leaves it in the background, so that the process ends at once; leave the '&' out
            wéb: a                  | Procfile:1: 'wéb' is no name for a process type: it takes 1 to 63 letters, digits, '-' and '_'
            """)
    void what_is_wrong_is_told_with_its_line(String line, String problem) {
        parse(line);
        assertThat(problems.found()).extracting(Problem::toString).containsExactly(problem);
    }

    @Test
    void a_command_that_the_shell_cannot_read_or_no_system_can_start_is_told_before_it_runs() {
        parse("web: echo \"it's $(date)\" # don't\nquote: echo 'abc\nand: a &&\nlong: " + "x".repeat(140_000) + "\n");
        assertThat(problems.found())
                .extracting(Problem::toString)
                .satisfiesExactly(
                        quote -> assertThat(quote)
                                .startsWith("Procfile:2: the command of 'quote' is none that the shell can read: ")
                                .doesNotContain("sh:"),
                        and -> assertThat(and).startsWith("Procfile:3: the command of 'and' is none"),
                        tooLong -> assertThat(tooLong)
                                .startsWith("Procfile:4: the command of 'long' is 140000 bytes long")
                                .endsWith("put it into a script"));
    }

    @Test
    void every_problem_is_told_and_a_second_definition_names_the_first() {
        parse("web: a\nnonsense\nweb: b\nworker:\n");
        assertThat(problems.found())
                .extracting(Problem::toString)
                .containsExactly(
                        "Procfile:2: has no colon; a line reads 'name: command', as in 'web: node server.js'",
                        "Procfile:3: the process type 'web' was defined in line 1 already",
                        "Procfile:4: the process type 'worker' has no command");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n"})
    void a_file_that_defines_nothing_is_a_problem(String text) {
        parse(text);
        assertThat(problems.found()).singleElement().asString().contains("defines no process type");
    }

    private Map<String, String> parse(String text) {
        return Procfile.parse("Procfile", text, problems).values().stream()
                .collect(Collectors.toMap(ProcessType::name, ProcessType::command, (a, _) -> a, LinkedHashMap::new));
    }
}
