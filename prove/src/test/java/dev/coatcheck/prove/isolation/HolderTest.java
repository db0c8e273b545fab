package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that makes a layer, in whatever {@code sh} is on a system, on a file system that is not as it was planned for. */
@ParameterizedClass
@EnumSource(names = {"OVERLAY", "USER_OVERLAY"})
class HolderTest {
    private final boolean inUserNamespace;

    HolderTest(Mechanism mechanism) {
        assumeTrue(mechanism != Mechanism.OVERLAY || OwnUser.isRoot(), "needs root");
        this.inUserNamespace = mechanism == Mechanism.USER_OVERLAY;
    }

    /** With a name that is no word of an fstab. */
    @TempDir(factory = InBuildFolder.class)
    Path app;

    @TempDir
    Path inTmp;

    @TempDir
    Path programs;

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void a_layer_is_whole_in_any_shell(String shell) throws IOException {
        Files.writeString(inTmp.resolve("known"), "as it was");
        try (Holder holder = start(shell, OverlayLayer.options(inUserNamespace), List.of())) {
            assertThat(holder.said()).isEmpty();
            Path root = holder.root();
            assertThat(root.resolve("etc/hosts")).content().contains("\n127.0.0.1 web-1\n");
            assertThat(root.resolve("tmp")).isDirectoryContaining(path -> path.endsWith(inTmp.getFileName()));
            assertThat(inside(root, inTmp).resolve("known")).hasContent("as it was");
            assertThat(root.resolve("dev/shm")).isEmptyDirectory();
            Files.writeString(inside(root, app).resolve("new"), "x");
            assertThat(app.resolve("new")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void what_has_gone_since_it_was_planned_hinders_nothing(String shell) throws IOException {
        List<String> gone =
                List.of("socket 0 - - /proc/gone.sock", "bind 0 - - /proc/gone", "bind 0 - - /proc/gone too");
        try (Holder holder = start(shell, OverlayLayer.options(inUserNamespace), gone)) {
            assertThat(holder.said()).containsExactlyInAnyOrder("missing /proc/gone", "missing /proc/gone too");
            assertThat(holder.root().resolve("etc/hosts")).content().contains("web-1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void a_folder_whose_overlay_is_refused_is_told_each(String shell) throws IOException {
        List<String> overlays = lines().stream()
                .filter(line -> line.startsWith("overlay "))
                .map(line -> line.replaceFirst("overlay \\d+ - - ", "shared "))
                .toList();
        try (Holder holder = start(shell, "no_option_of_overlays", List.of())) {
            assertThat(holder.said()).containsExactlyInAnyOrderElementsOf(overlays);
            assertThat(holder.root().resolve("dev/shm")).isEmptyDirectory();
        }
    }

    @Test
    void a_script_that_ended_is_not_taken_for_one_that_takes_too_long() {
        assertThatThrownBy(() -> Holder.start(List.of("false"), List.of()).close())
                .hasMessage("a layer could not be made: its script ended without a word");
    }

    private Holder start(String shell, String options, List<String> more) throws IOException {
        Optional<Path> found = Stream.of("/bin", "/usr/bin")
                .map(folder -> Path.of(folder, shell))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "there is no " + shell + " here");
        Files.copy(found.get(), programs.resolve("sh"), StandardCopyOption.COPY_ATTRIBUTES);
        List<String> command = new ArrayList<>(OverlayLayer.namespaces(inUserNamespace, new Network.Host()));
        command.addAll(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        List<String> plan = new ArrayList<>(List.of("100000000 web-1 " + options));
        plan.addAll(lines());
        plan.addAll(more);
        return Holder.start(command, plan);
    }

    private List<String> lines() throws IOException {
        return DiskPlan.of(MountTable.ofThisJvm(), inUserNamespace, Set.of(app, inTmp), List.of())
                .lines();
    }

    private static Path inside(Path root, Path path) {
        return root.resolve(Path.of("/").relativize(path));
    }
}
