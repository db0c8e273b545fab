package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** An application that is put together for a test. */
final class TestApplication {
    private final Path folder;
    private ApplicationOptions options = ApplicationOptions.of(Map.of());

    private TestApplication(Path folder) {
        this.folder = folder;
    }

    static TestApplication in(Path folder, String procfile) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("Procfile"), procfile);
        return new TestApplication(folder);
    }

    TestApplication with(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
        return this;
    }

    TestApplication ready(String path) {
        options = options.withReadinessPath(path);
        return this;
    }

    Application read() {
        return Application.describe(folder, options);
    }
}
