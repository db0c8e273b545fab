package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.OwnerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {
    private static final Duration LONG_AGO = Duration.ofHours(1);

    @TempDir
    Path parent;

    @Test
    void what_a_killed_owner_left_is_swept_and_what_somebody_holds_or_has_just_made_is_not() throws IOException {
        Path left = folder("lab-left", LONG_AGO);
        Path fresh = folder("lab-fresh", Duration.ZERO);
        Path other = folder("other", LONG_AGO);
        Path unlocked = Files.createDirectory(parent.resolve("lab-without-lock"));
        Path held = folder("lab-held", LONG_AGO);
        try (OwnerLock lock = OwnerLock.acquire(held)) {
            age(held, LONG_AGO);

            ScratchFolder.sweep(parent, "lab-");

            assertThat(left).doesNotExist();
            assertThat(fresh).exists();
            assertThat(other).exists();
            assertThat(unlocked).exists();
            assertThat(held).as("held by %s", lock).exists();
        }
    }

    @Test
    void one_whose_maker_was_killed_before_it_locked_it_is_swept_and_what_a_link_leads_to_is_not() throws IOException {
        FileTime longAgo = FileTime.from(Instant.now().minus(LONG_AGO));
        Path unlocked = Files.createDirectory(parent.resolve("lab-unlocked"));
        Files.setLastModifiedTime(unlocked, longAgo);
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.setLastModifiedTime(elsewhere, longAgo);
        Path link = Files.createSymbolicLink(parent.resolve("lab-link"), elsewhere);

        ScratchFolder.sweep(parent, "lab-");

        assertThat(unlocked).doesNotExist();
        assertThat(link).exists();
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void one_that_is_closed_is_gone() throws IOException {
        Path path;
        try (ScratchFolder folder = ScratchFolder.create("coatcheck-scratch-test-")) {
            path = folder.path();
            Files.writeString(path.resolve("data"), "something");
        }
        assertThat(path).doesNotExist();
    }

    private Path folder(String name, Duration age) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(name));
        Files.createFile(folder.resolve("lock"));
        Files.writeString(folder.resolve("data"), "something");
        age(folder, age);
        return folder;
    }

    private static void age(Path folder, Duration age) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve("lock"), FileTime.from(Instant.now().minus(age)));
    }
}
