package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"OVERLAY", "USER_OVERLAY"})
class OverlayLayerTest {
    private final Isolation isolation;

    OverlayLayerTest(Mechanism mechanism) {
        assumeTrue(mechanism != Mechanism.OVERLAY || OwnUser.isRoot(), "needs root");
        isolation = Isolation.by(mechanism);
    }

    /** An application's folder as a developer has it, with a name that is hard on options and shells. */
    @TempDir(factory = InBuildFolder.class)
    Path app;

    /** One where each layer begins empty otherwise. */
    @TempDir
    Path inTmp;

    @BeforeEach
    void makeApplication() throws IOException {
        for (Path folder : List.of(app, inTmp)) {
            Files.writeString(folder.resolve("known"), "as it was");
            Files.writeString(folder.resolve("second"), "as it was");
            Files.createDirectories(folder.resolve("folder/inner"));
            Files.writeString(folder.resolve("folder/inner/file"), "as it was");
            Files.createSymbolicLink(folder.resolve("link"), Path.of("known"));
        }
    }

    @Test
    void nothing_that_is_done_in_a_layer_reaches_the_machine() throws Exception {
        for (Path folder : List.of(app, inTmp)) {
            List<String> before = listing(folder);
            try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", folder))) {
                Shell.run(layer, folder, """
                        set -e
                        test "$(pwd)" = "$PWD"
                        echo more >>known; echo new >new; mv second renamed; chmod 600 renamed; rm link
                        rm -r folder/inner; mkdir folder/inner folder/other; ln -s /etc/passwd folder/inner/link
                        for place in "$HOME" /tmp /var/tmp /dev/shm; do
                            mkdir "$place/coatcheck-trial"; echo x >"$place/coatcheck-trial/file"
                        done
                        touch / 2>/dev/null && echo x >/coatcheck-trial || true
                        """);
                assertThat(listing(folder)).isEqualTo(before);
                assertThat(Stream.of(System.getProperty("user.home"), "/tmp", "/var/tmp", "/dev/shm", "/"))
                        .noneMatch(place -> Files.exists(Path.of(place, "coatcheck-trial")));
                assertThat(Shell.run(layer, folder, "cat known new; ls folder; cat $HOME/coatcheck-trial/file"))
                        .isEqualTo("as it wasmore\nnew\ninner\nother\nx");
                assertThat(layer.weaknesses()).isEmpty();
            }
            assertThat(listing(folder)).isEqualTo(before);
        }
    }

    @Test
    void changes_tell_what_was_created_modified_and_deleted_and_nothing_else() throws Exception {
        for (Path folder : List.of(app, inTmp)) {
            try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", folder))) {
                assertThat(layer.changes()).isEmpty();
                Shell.run(layer, folder, """
                        set -e
                        cat known; : >>folder/inner/file; ls -R . >/dev/null
                        """);
                assertThat(layer.changes())
                        .as("reading, and opening to write without writing")
                        .isEmpty();
                Shell.run(layer, folder, """
                        set -e
                        echo more >>known; mkdir made; echo 12345 >made/new; rm second link
                        rm -r folder; mkdir folder; echo x >/tmp/coatcheck-temporary
                        """);
                assertThat(layer.changes())
                        .extracting(OverlayLayerTest::told)
                        .containsExactlyInAnyOrder(
                                "Modified " + folder.resolve("known"),
                                "Created " + folder.resolve("made"),
                                "Created " + folder.resolve("made/new"),
                                "Deleted " + folder.resolve("second"),
                                "Deleted " + folder.resolve("link"),
                                "Deleted " + folder.resolve("folder/inner"),
                                "Created /tmp/coatcheck-temporary");
                FileChange.Created created = layer.changes().stream()
                        .filter(change -> change.path().equals(folder.resolve("made/new")))
                        .map(FileChange.Created.class::cast)
                        .findFirst()
                        .orElseThrow();
                assertThat(created.size()).isEqualTo(6);
                assertThat(created.content()).hasContent("12345\n");
                assertThat(layer.outside(folder.resolve("known"))).hasContent("as it wasmore\n");
            }
        }
    }

    @Test
    void two_layers_share_nothing_and_two_processes_in_one_share_all() throws Exception {
        try (Layer first = isolation.newLayer(LayerSettings.of("web-1", app));
                Layer second = isolation.newLayer(LayerSettings.of("web-2", app))) {
            Shell.run(first, app, "hostname >left; echo x >/tmp/left");
            assertThat(Shell.run(
                            second,
                            app,
                            "hostname; grep -o web-2 /etc/hosts; ls left /tmp/left 2>/dev/null || echo none"))
                    .isEqualTo("web-2\nweb-2\nnone");
            assertThat(Shell.run(first, app, "cat left /tmp/left")).isEqualTo("web-1\nx");
        }
    }

    @Test
    void the_process_id_is_the_applications_own_and_a_kill_ends_its_children_but_not_the_layer() throws Exception {
        try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", app))) {
            try (ProcessGroup group = Shell.start(
                    layer, app, "echo $$; echo x >kept; (setsid sh -c 'echo $$; exec sleep 600' &) ; sleep 600; :")) {
                var output = group.leader().inputReader();
                assertThat(output.readLine()).isEqualTo(Long.toString(group.pid()));
                long child = Long.parseLong(output.readLine());
                assertThat(Shell.lives(child)).isTrue();
                assertThat(group.kill()).isTrue();
                assertThat(Shell.lives(child)).isFalse();
            }
            assertThat(Shell.run(layer, app, "cat kept")).isEqualTo("x");
        }
    }

    @Test
    void neither_the_holder_nor_a_process_survives_an_owner_that_was_killed() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LayerOwner.class.getName(),
                        isolation.mechanism().name(),
                        app.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Long> pids = Stream.of(owner.inputReader().readLine().split(" ", -1))
                .map(Long::valueOf)
                .toList();
        assertThat(pids).hasSize(2).allMatch(Shell::lives);
        owner.destroyForcibly();
        await().atMost(Duration.ofSeconds(60)).until(() -> pids.stream().noneMatch(Shell::lives));
    }

    @Test
    void servers_that_listen_at_a_path_stay_connectable() throws Exception {
        List<Path> folders = new ArrayList<>(List.of(app, inTmp));
        Stream.of("/run", "/var/run").map(Path::of).filter(Files::isWritable).forEach(folders::add);
        for (Path folder : folders) {
            Path path =
                    folder.resolve("coatcheck-test-" + ProcessHandle.current().pid() + ".sock");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(path));
                String connect = Shell.java(app, Connect.class, path.toString());
                try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", app))) {
                    Shell.run(layer, app, connect);
                    assertThat(server.accept()).isNotNull();
                }
            } finally {
                Files.delete(path);
            }
        }
    }

    @Test
    void what_its_processes_may_write_is_bounded_together() throws Exception {
        LayerSettings small = LayerSettings.of("web-1", app).withSizeBytes(2 << 20);
        try (Layer layer = isolation.newLayer(small)) {
            assertThat(Shell.run(
                            layer,
                            app,
                            "head -c 1500000 /dev/zero >one; head -c 1500000 /dev/zero >/tmp/two || echo full"))
                    .contains("No space left on device")
                    .endsWith("full");
        }
    }

    @Test
    void links_are_followed_outside_as_they_are_in_the_layer() throws Exception {
        try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", app))) {
            Shell.run(
                    layer,
                    app,
                    "echo x >/tmp/there; ln -s /tmp up; ln -s ../there /tmp/down; mkdir -p /tmp/a; ln -s ../there /tmp/a/b");
            assertThat(layer.outside(app.resolve("up/there"))).hasContent("x\n");
            assertThat(layer.outside(app.resolve("up/a/b"))).hasContent("x\n");
            assertThat(layer.outside(Path.of("/tmp"))).isDirectory();
        }
    }

    private static String told(FileChange change) {
        return change.getClass().getSimpleName() + " " + change.path();
    }

    /** Path, type, mode, content of everything in a folder. */
    private static List<String> listing(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted()
                    .map(path -> {
                        try {
                            FileState state = FileState.of(path);
                            return path + " " + state + " " + (Files.isRegularFile(path) ? Files.readString(path) : "");
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
