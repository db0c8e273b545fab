package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every sample of a guide is a part of that guide's test, which compiles and runs it: those of {@code docs/cache.md} are in
 * {@link CacheGuideTest}. What browsers run is in a script beside it; what Maven reads is in this module's own {@code pom.xml};
 * tests that are proofs are among those of the module {@code junit}.
 */
class SamplesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path SOURCES =
            Path.of("src/test/java", SamplesTest.class.getPackageName().replace('.', '/'));

    /** Not the causes of leaks: what these look like in several languages, a line for each. */
    private static final String CAUSES = "causes.md";

    /** Nor a stranger's {@code pom.xml}, at which {@link LibraryPageTest} looks. */
    private static final String LIBRARY = "library.md";

    @TestFactory
    Stream<DynamicTest> every_sample_is_compiled_and_run() throws IOException {
        var samples = samples();
        assertThat(samples).as("the samples of all guides").isNotEmpty();
        return samples.stream()
                .map(sample -> DynamicTest.dynamicTest(sample.toString(), () -> {
                    var source = source(sample);
                    assertThat(source)
                            .as("where the samples of %s are compiled and run", sample.page())
                            .exists();
                    assertThat(sample.isIn(Files.readString(source)))
                            .as("%s is not in %s as it stands on the page:%n%s", sample, source, sample.code())
                            .isTrue();
                }));
    }

    @Test
    void a_sample_that_was_changed_is_noticed() {
        var sample = new Sample(Path.of("a.md"), 1, "java", "int a = \"b\".length(); // c\nreturn a;\n");

        assertThat(sample.isIn("{ int a =\n\"b\".length(); // c\n return a; }")).isTrue();
        assertThat(sample.isIn("{ int a = \"b\".length(); // c\n returna; }")).isFalse();
        assertThat(sample.isIn("{ int a = \"b \".length(); // c\n return a; }")).isFalse();
        assertThat(sample.isIn("{ int a = \"b\".length(); // d\n return a; }")).isFalse();
        assertThat(sample.isIn("{ int a = \"b\".length(); // c\n check(); return a; }"))
                .isFalse();
        assertThat(sample.isIn("/* int a = \"b\".length(); // c\n return a; */"))
                .isFalse();
        assertThat(sample.isIn("b(\"/b/*\"); // isn't\nint a = \"b\".length(); // c\n return a; /* c */"))
                .isTrue();
        assertThat(sample.isIn("// int a = \"b\".length(); // c\n// return a;")).isFalse();
    }

    private static List<Sample> samples() throws IOException {
        try (var pages = Files.list(DOCS)) {
            var guides = pages.filter(page ->
                            page.toString().endsWith(".md") && !page.endsWith(CAUSES) && !page.endsWith(LIBRARY))
                    .sorted()
                    .toList();
            var samples = new ArrayList<Sample>();
            for (var page : guides) {
                samples.addAll(Sample.of(page));
            }
            return samples;
        }
    }

    private static Path source(Sample sample) {
        if (sample.language().equals("xml")) {
            return Path.of("pom.xml");
        }
        var page = sample.page().getFileName().toString().replaceFirst("\\.md$", "");
        if (sample.language().equals("js")) {
            return Path.of("src/test/resources", SOURCES.getFileName().toString(), page + ".mjs");
        }
        if (page.equals("junit")) {
            return Path.of("..", "junit", "src/test/java/dev/coatcheck/junit/Samples.java");
        }
        return SOURCES.resolve(Character.toUpperCase(page.charAt(0)) + page.substring(1) + "GuideTest.java");
    }
}
