package dev.coatcheck.guides;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/library.md} names the artifacts, modules and the version that the build makes. */
class LibraryPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(coatcheck-[a-z0-9]+)` \\| `([a-z0-9.]+)` \\|");
    private static final Pattern ARTIFACT = Pattern.compile("</parent>\\s*<artifactId>([^<]+)</artifactId>");
    private static final Pattern MODULE = Pattern.compile("<module\\.name>([^<]+)</module\\.name>");
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>coatcheck-parent</artifactId>\\s*<version>([^<]+)<");
    private static final Pattern MANAGED = Pattern.compile("<artifactId>(coatcheck-[^<]+)</artifactId>");

    @Test
    void the_page_lists_each_artifact_under_its_module_name() throws IOException {
        var listed = new TreeMap<String, String>();
        ROW.matcher(page()).results().forEach(row -> listed.put(row.group(1), row.group(2)));

        assertThat(listed).isEqualTo(built());
    }

    @Test
    void the_snippet_has_the_version_of_the_build() throws IOException {
        assertThat(page())
                .contains("<artifactId>coatcheck-bom</artifactId>\n      <version>" + inParent(VERSION) + "</version>");
    }

    @Test
    void the_bom_has_each_artifact_and_the_versions_that_are_tested_here() throws IOException {
        var bom = Files.readString(ROOT.resolve("library/bom/pom.xml"));
        var managed = bom.substring(bom.indexOf("<dependencyManagement>"));

        assertThat(MANAGED.matcher(managed).results().map(artifact -> artifact.group(1)))
                .containsExactlyInAnyOrderElementsOf(built().keySet());
        assertThat(bom)
                .contains("<artifactId>coatcheck-bom</artifactId>\n  <version>" + inParent(VERSION) + "</version>")
                .contains(managed("lettuce-core", tested("io.lettuce", "lettuce-core")))
                .contains(managed("netty-bom", tested("io.netty", "netty-common")))
                .contains(managed("jackson-annotations", tested("com.fasterxml.jackson.core", "jackson-annotations")));
    }

    private static String managed(String artifact, String version) {
        return "<artifactId>" + artifact + "</artifactId>\n        <version>" + version + "</version>";
    }

    private static String tested(String group, String artifact) throws IOException {
        var file = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        var properties = new Properties();
        try (var in = LibraryPageTest.class.getResourceAsStream(file)) {
            properties.load(requireNonNull(in, file));
        }
        return requireNonNull(properties.getProperty("version"));
    }

    private static String inParent(Pattern version) throws IOException {
        var found = version.matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/library.md"));
    }

    private static Map<String, String> built() throws IOException {
        var built = new TreeMap<String, String>();
        try (var folders = Files.list(ROOT.resolve("library"))) {
            for (var folder : folders.filter(folder -> !folder.endsWith("bom")).toList()) {
                read(folder, built);
            }
        }
        read(ROOT.resolve("spring"), built);
        read(ROOT.resolve("junit"), built);
        return built;
    }

    private static void read(Path folder, Map<String, String> built) throws IOException {
        var pom = Files.readString(folder.resolve("pom.xml"));
        var artifact = ARTIFACT.matcher(pom);
        var module = MODULE.matcher(pom);
        assertThat(artifact.find()).as("an artifact in %s", folder).isTrue();
        assertThat(module.find()).as("a module name in %s", folder).isTrue();
        built.put(artifact.group(1), module.group(1));
    }
}
