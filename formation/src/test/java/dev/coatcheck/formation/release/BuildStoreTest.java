package dev.coatcheck.formation.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildStoreTest {
    private static final BuildStore.Progress NOBODY = (files, bytes) -> {};

    @TempDir
    Path folder;

    private Path application;
    private BuildStore store;

    @BeforeEach
    void application() throws IOException {
        application = Files.createDirectory(folder.resolve("app"));
        store = BuildStore.in(application.resolve(".coatcheck/builds"));
        write("src/main.py", "print(1)\n");
        write("run", "#!/bin/sh\n");
        assertThat(application.resolve("run").toFile().setExecutable(true)).isTrue();
    }

    @Test
    void a_build_holds_the_files_as_they_were_and_nothing_that_is_no_part_of_it() throws Exception {
        write(".env", "SECRET=1\n");
        write(".git/config", "x\n");
        write("vendored/.git/config", "x\n");
        write(".envrc", "kept\n");
        Files.createSymbolicLink(application.resolve("link"), Path.of("src/main.py"));
        Build build = make();
        write("src/main.py", "print(2)\n");
        assertThat(build.folder().resolve("src/main.py")).hasContent("print(1)\n");
        assertThat(build.folder().resolve("link")).hasContent("print(1)\n");
        assertThat(Files.isExecutable(build.folder().resolve("run"))).isTrue();
        assertThat(build.folder().resolve(".envrc")).exists();
        assertThat(build.folder().resolve(".env")).doesNotExist();
        assertThat(build.folder().resolve(".git")).doesNotExist();
        assertThat(build.folder().resolve("vendored/.git")).doesNotExist();
        assertThat(build.folder().resolve(".coatcheck")).doesNotExist();
        assertThat(build.notes()).isEmpty();
    }

    @Test
    void the_same_tree_is_the_same_build_and_any_change_makes_another() throws Exception {
        String first = make().id();
        Files.setLastModifiedTime(application.resolve("run"), FileTime.from(Instant.EPOCH));
        assertThat(make().id()).isEqualTo(first);
        write("src/main.py", "print(2)\n");
        String second = make().id();
        assertThat(application.resolve("run").toFile().setExecutable(false)).isTrue();
        String third = make().id();
        Files.createDirectory(application.resolve("empty"));
        String fourth = make().id();
        assertThat(Set.of(first, second, third, fourth)).hasSize(4);
        write("src/main.py", "print(1)\n");
        assertThat(application.resolve("run").toFile().setExecutable(true)).isTrue();
        Files.delete(application.resolve("empty"));
        assertThat(make().id()).isEqualTo(first);
    }

    @Test
    void a_link_that_leads_out_leads_to_the_same_place_from_the_copy() throws Exception {
        Files.writeString(folder.resolve("outside"), "shared\n");
        Files.createSymbolicLink(application.resolve("link"), Path.of("../outside"));
        Build build = make();
        assertThat(build.folder().resolve("link")).hasContent("shared\n");
        assertThat(build.notes())
                .containsExactly("links lead out of the folder, and what lies there is no part of the build: link");
    }

    @Test
    void a_link_that_leads_back_in_leads_to_the_copy_however_it_is_written() throws Exception {
        Files.createSymbolicLink(application.resolve("absolute"), application.resolve("src/main.py"));
        Files.createSymbolicLink(
                application.resolve("roundabout"),
                Path.of("..", application.getFileName().toString(), "src"));
        Files.createSymbolicLink(application.resolve("src/self"), Path.of("."));
        Files.createDirectories(application.resolve("releases/5"));
        Files.createDirectories(application.resolve("releases/shared"));
        Files.createSymbolicLink(application.resolve("current"), Path.of("releases/5"));
        Files.createSymbolicLink(application.resolve("assets"), Path.of("current/../shared"));
        Build build = make();
        assertThat(build.folder().resolve("assets").toRealPath())
                .isEqualTo(build.folder().toRealPath().resolve("releases/shared"));
        assertThat(build.folder().resolve("absolute").toRealPath())
                .isEqualTo(build.folder().toRealPath().resolve("src/main.py"));
        assertThat(build.folder().resolve("roundabout").toRealPath())
                .isEqualTo(build.folder().toRealPath().resolve("src"));
        assertThat(build.folder().resolve("src/self").toRealPath())
                .isEqualTo(build.folder().toRealPath().resolve("src"));
        assertThat(build.notes()).isEmpty();
    }

    @Test
    void an_unchanged_tree_is_known_without_being_copied_and_a_change_of_a_moment_ago_is_not_trusted()
            throws Exception {
        TreeFingerprint before = TreeFingerprint.of(application);
        assertThat(before.isReliable(before.changed())).isFalse();
        assertThat(before.isReliable(Instant.now().plus(Duration.ofSeconds(10))))
                .isTrue();
        make();
        assertThat(TreeFingerprint.of(application)).isEqualTo(before);
        write("src/main.py", "print(3)\n");
        assertThat(TreeFingerprint.of(application)).isNotEqualTo(before);
    }

    @Test
    void nothing_is_left_of_a_copy_that_was_cancelled_or_of_builds_that_nobody_needs() throws Exception {
        assertThatThrownBy(() -> store.make(application, () -> true, NOBODY)).hasMessageContaining("was cancelled");
        Build kept = make();
        write("src/main.py", "print(2)\n");
        make();
        store.keepOnly(Set.of(kept.id()));
        assertThat(application.resolve(".coatcheck/builds")).isDirectoryContaining(path -> path.equals(kept.folder()));
        assertThat(application.resolve(".coatcheck/builds").toFile().list()).hasSize(1);
    }

    @Test
    void whoever_waits_for_a_large_folder_is_told_how_far_it_is() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        BooleanSupplier slow = () -> {
            if (Thread.currentThread().getName().startsWith("build-copy")) {
                try {
                    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return false;
        };
        store.make(application, slow, (files, bytes) -> told.countDown());
        assertThat(told.getCount()).isZero();
    }

    private Build make() throws IOException, InterruptedException {
        return store.make(application, () -> false, NOBODY);
    }

    private void write(String name, String text) throws IOException {
        Path file = application.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
