package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyLayerTest {
    private final Isolation isolation = Isolation.by(Mechanism.COPY);

    @TempDir
    Path app;

    @BeforeEach
    void makeApplication() throws IOException {
        Files.writeString(app.resolve("known"), "as it was");
        Files.createLink(app.resolve("hard"), app.resolve("known"));
        Files.writeString(app.resolve("second"), "as it was");
        Files.createDirectories(app.resolve("folder/inner"));
        Files.writeString(app.resolve("folder/inner/file"), "as it was");
    }

    @Test
    void writes_stay_in_the_copy_and_are_told_by_the_paths_of_the_original() throws Exception {
        Path content;
        try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", app))) {
            assertThat(layer.changes()).isEmpty();
            String places = Shell.run(layer, app, """
                    set -e
                    echo more >>known; echo more >>hard; rm second; rm -r folder; echo 12345 >new
                    echo x >"$HOME/kept"; echo x >"$TMPDIR/temporary"; echo "$HOME $TMPDIR"
                    """);
            assertThat(app.resolve("known")).hasContent("as it was");
            assertThat(app.resolve("folder/inner/file")).hasContent("as it was");
            String[] homeAndTemporary = places.split(" ", 2);
            assertThat(layer.changes())
                    .extracting(change -> change.getClass().getSimpleName() + " " + change.path())
                    .containsExactlyInAnyOrder(
                            "Modified " + app.resolve("known"),
                            "Modified " + app.resolve("hard"),
                            "Deleted " + app.resolve("second"),
                            "Deleted " + app.resolve("folder"),
                            "Created " + app.resolve("new"),
                            "Created " + homeAndTemporary[0] + "/kept",
                            "Created " + homeAndTemporary[1] + "/temporary");
            content = layer.outside(app.resolve("new"));
            assertThat(content).hasContent("12345\n");
        }
        assertThat(content).doesNotExist();
    }

    @Test
    void a_command_by_its_path_runs_from_the_copy() throws Exception {
        Path script = Files.writeString(app.resolve("start.sh"), "cd \"${0%/*}\" && echo x >left\n");
        try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", app));
                var group = dev.coatcheck.host.process.ProcessGroup.start(
                        layer.builder(List.of("sh", script.toString()), app, System.getenv()))) {
            assertThat(group.onExit().get().isSuccess()).isTrue();
            assertThat(layer.outside(app.resolve("left"))).hasContent("x");
            assertThat(app.resolve("left")).doesNotExist();
        }
    }

    @Test
    void what_is_too_large_is_linked_and_said(@TempDir Path target) throws Exception {
        Files.createDirectory(app.resolve("modules"));
        Files.write(app.resolve("modules/large"), new byte[5_000]);
        assertThat(FolderCopy.make(app, target, 4_000, 100)).containsExactly(app.resolve("modules"));
        assertThat(target.resolve("modules")).isSymbolicLink();
        assertThat(target.resolve("modules/large")).hasSize(5_000);
        assertThat(target.resolve("known")).hasContent("as it was");
    }

    @Test
    void no_network_of_its_own_can_be_had() {
        LayerSettings settings = LayerSettings.of("web-1", app).withNetwork(new Network.Own(List.of()));
        assertThatThrownBy(() -> isolation.newLayer(settings))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("web-1");
    }
}
