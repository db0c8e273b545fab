package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The Java code of a page under {@code docs/}, which is also in a test, where it is compiled and run. */
final class DocumentedCode {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private DocumentedCode() {}

    /** Fails unless every block of a page is in the source of a test, whatever its layout. */
    static void isCodeOf(String page, Class<?> test) {
        var source = withoutLayout(
                read(Path.of("src", "test", "java").resolve(test.getName().replace('.', '/') + ".java")));
        var blocks = BLOCK.matcher(read(Path.of("..", "..", "docs", page)))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();

        assertThat(blocks).isNotEmpty();
        assertThat(blocks)
                .allSatisfy(block -> assertThat(List.of(withoutLayout(block)))
                        .as("is in %s:%n%s", test.getSimpleName(), block)
                        .allMatch(source::contains));
    }

    private static String withoutLayout(String code) {
        return code.replaceAll("\\s", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
    }
}
