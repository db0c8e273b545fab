package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
    @TempDir
    Path folder;

    /** Root may write to them anyway: what this is about shows where somebody else runs it. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void folders_that_may_not_be_written_to_are_deleted_with_all_that_is_in_them() throws IOException {
        Path module = Files.createDirectories(folder.resolve("tree/cache/module"));
        Files.writeString(module.resolve("module.go"), "package module");
        for (String closed : List.of("tree/cache/module", "tree/cache", "tree")) {
            Files.setPosixFilePermissions(folder.resolve(closed), PosixFilePermissions.fromString("r--r--r--"));
        }

        FileTree.delete(folder.resolve("tree"));

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_link_is_removed_and_not_what_it_leads_to() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "kept");
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), kept);

        FileTree.delete(tree);

        assertThat(folder.resolve("tree")).doesNotExist();
        assertThat(kept).hasContent("kept");
    }
}
