package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Shell scripts in a layer. */
final class Shell {
    private Shell() {}

    static ProcessBuilder builder(Layer layer, Path folder, String script) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        return layer.builder(List.of("sh", "-c", script), folder, environment).redirectErrorStream(true);
    }

    static ProcessGroup start(Layer layer, Path folder, String script) throws IOException {
        return ProcessGroup.start(builder(layer, folder, script));
    }

    /** Runs it to its end and gives what it said. It has to succeed. */
    static String run(Layer layer, Path folder, String script) throws Exception {
        try (ProcessGroup group = start(layer, folder, script)) {
            String output = new String(group.leader().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(group.onExit().get(30, TimeUnit.SECONDS).code())
                    .as("exit status of '%s', which said: %s", script, output)
                    .isZero();
            return output.strip();
        }
    }

    /**
     * The command that runs a class of these tests in the application's folder. Its file is copied to there, since a layer need
     * not see where the tests were built.
     */
    static String java(Path folder, Class<?> main, String... arguments) throws IOException {
        String file = main.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve("classes").resolve(file);
        Files.createDirectories(copy.getParent());
        try (InputStream original = main.getResourceAsStream("/" + file)) {
            Files.copy(Objects.requireNonNull(original), copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return "'" + System.getProperty("java.home") + "/bin/java' -XX:TieredStopAtLevel=1 -cp classes "
                + main.getName() + " '" + String.join("' '", arguments) + "'";
    }

    /** Whether there is such a process, and not only what is left of one that nobody waited for. */
    static boolean lives(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }
}
