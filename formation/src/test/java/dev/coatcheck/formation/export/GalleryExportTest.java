package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gallery's exports, whole, so that a change is seen as a reader sees it. After one that is meant, or a change of the
 * gallery's own files: {@code ./mvnw -pl formation -am test -Dtest=GalleryExportTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true}, and look at the difference.
 */
class GalleryExportTest {
    private static final Path GALLERY = Path.of("..", "gallery");
    private static final Path KEPT = Path.of("src/test/resources/dev/coatcheck/formation/export/gallery");

    @ParameterizedTest
    @EnumSource
    void the_export_of_the_gallery_is_as_it_was_seen(Engine engine) throws IOException {
        Application application = Application.describe(GALLERY, ApplicationOptions.of(Map.of()));
        ExportSettings settings = ExportSettings.defaults();
        Manifests manifests = engine.export(application, settings.withImage("registry.example.com/gallery:7"));
        Map<String, String> written = new TreeMap<>();
        manifests.files().forEach(file -> written.put(file.name(), file.text()));
        Path folder = KEPT.resolve(engine.toString());
        if (Boolean.getBoolean("golden.update")) {
            update(folder, written);
        }
        assertThat(written)
                .as("the export; the comment of this test says how to take a change over")
                .containsExactlyEntriesOf(read(folder));
    }

    private static void update(Path folder, Map<String, String> files) throws IOException {
        Files.createDirectories(folder);
        for (String name : read(folder).keySet()) {
            Files.delete(folder.resolve(name));
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static Map<String, String> read(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                files.put(folder.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }
}
