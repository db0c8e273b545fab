package dev.coatcheck.formation.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotEnvTest {
    private final Problems problems = new Problems();

    @Test
    void values_are_plain_or_quoted() {
        assertThat(parse("""
                # a comment
                PLAIN=one two   # a comment
                URL=postgresql://a:b@c:5432/d?e=f#g
                  export SPACED = value
                EMPTY=
                COMMENTED=# nothing
                SINGLE='a $b \\n # "c"' # a comment
                DOUBLE="a\\tb\\n\\"c\\" \\$HOME \\\\ \\d"
                LINES="first
                # second
                third"
                DOLLAR=$HOME/${USER}
                TWICE=1
                TWICE=2
                LAST=end"""))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("PLAIN", "one two"),
                        Map.entry("URL", "postgresql://a:b@c:5432/d?e=f#g"),
                        Map.entry("SPACED", "value"),
                        Map.entry("EMPTY", ""),
                        Map.entry("COMMENTED", ""),
                        Map.entry("SINGLE", "a $b \\n # \"c\""),
                        Map.entry("DOUBLE", "a\tb\n\"c\" $HOME \\ \\d"),
                        Map.entry("LINES", "first\n# second\nthird"),
                        Map.entry("DOLLAR", "$HOME/${USER}"),
                        Map.entry("TWICE", "2"),
                        Map.entry("LAST", "end")));
        assertThat(problems.found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            NAME                 | .env:1: has no '='; a line reads NAME=value
            export NAME          | .env:1: has no '='; a line reads NAME=value
            1ST=a                | .env:1: '1ST' is no name for a variable: it takes letters, digits and '_', no digit first
            A-B=a                | .env:1: 'A-B' is no name for a variable: it takes letters, digits and '_', no digit first
            =a                   | .env:1: '' is no name for a variable: it takes letters, digits and '_', no digit first
            A: pg://a:b@c?d=1    | .env:1: what stands before the '=' is no name for a variable: it takes letters, digits and '_', no digit first
            A="a                 | .env:1: the quote " of A is never closed
            A='it's'             | .env:1: something follows the closing quote of A; put the whole value in quotes, and a backslash before a quote inside
            """)
    void what_is_wrong_is_told_with_its_line(String line, String problem) {
        parse(line);
        assertThat(problems.found()).extracting(Problem::toString).containsExactly(problem);
    }

    @Test
    void lines_are_counted_through_values_of_several_lines() {
        assertThat(parse("A=\"1\n2\n3\"\nnonsense\nB=b\n")).containsEntry("B", "b");
        assertThat(problems.found()).singleElement().asString().startsWith(".env:4: ");
    }

    @Test
    void no_text_makes_it_fail_otherwise_than_by_telling_problems() {
        Random random = new Random(17);
        String alphabet = "A1_= \t\n\"'\\#$exportö";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThatCode(() -> parse(text.toString())).as(text.toString()).doesNotThrowAnyException();
        }
    }

    private Map<String, String> parse(String text) {
        return DotEnv.parse(".env", text, problems).variables();
    }
}
