package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.FormationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFolderTest {
    @TempDir
    Path parent;

    private Path folder = Path.of("");

    @BeforeEach
    void chooseOneThatDoesNotExist() {
        folder = parent.resolve("a/b");
    }

    @Test
    void an_export_replaces_what_an_export_left() throws IOException {
        write("one", "a.yaml", "b.yaml");
        assertThat(write("two", "a.yaml", "b.yaml").files())
                .containsExactly(folder.resolve("a.yaml"), folder.resolve("b.yaml"));
        assertThat(folder.resolve("a.yaml")).hasContent("two");
    }

    @Test
    void a_file_that_was_there_before_is_not_replaced_and_nothing_else_is_written() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("b.yaml"), "mine");
        assertThatThrownBy(() -> write("one", "a.yaml", "b.yaml"))
                .isInstanceOf(FormationException.class)
                .hasMessageContaining("nothing was written")
                .hasMessageContaining(folder.resolve("b.yaml") + " was there before")
                .hasMessageContaining("--force");
        assertThat(folder.resolve("a.yaml")).doesNotExist();
        assertThat(folder.resolve("b.yaml")).hasContent("mine");
    }

    @Test
    void a_file_that_was_changed_by_hand_is_not_replaced() throws IOException {
        write("one", "a.yaml");
        Files.writeString(folder.resolve("a.yaml"), "tailored");
        assertThatThrownBy(() -> write("two", "a.yaml")).hasMessageContaining("a.yaml was changed since");
        assertThat(folder.resolve("a.yaml")).hasContent("tailored");
    }

    @Test
    void force_replaces_both() throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("a.yaml"), new byte[] {(byte) 0xff, 0});
        ExportFolder.at(folder).write(List.of(new Manifest("a.yaml", "one")), true);
        assertThat(folder.resolve("a.yaml")).hasContent("one");
        write("two", "a.yaml");
    }

    @Test
    void a_file_that_holds_the_same_already_is_nobodys_loss() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("a.yaml"), "one");
        write("one", "a.yaml");
    }

    @Test
    void what_an_earlier_export_had_and_this_one_has_not_is_told_and_left() throws IOException {
        write("one", "a.yaml", "b.yaml");
        assertThat(write("two", "a.yaml").leftOver()).containsExactly(folder.resolve("b.yaml"));
        assertThat(folder.resolve("b.yaml")).hasContent("one");
        assertThat(write("three", "a.yaml", "b.yaml").leftOver()).isEmpty();
    }

    @Test
    void the_list_is_one_that_sha256sum_checks() throws IOException {
        write("one", "a.yaml");
        assertThat(folder.resolve(ExportFolder.LIST))
                .hasContent("7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  a.yaml\n");
    }

    @Test
    void a_folder_that_cannot_be_is_told() throws IOException {
        Files.writeString(parent.resolve("a"), "a file");
        assertThatThrownBy(() -> write("one", "a.yaml"))
                .isInstanceOf(FormationException.class)
                .hasMessageContaining("cannot write the export to " + folder);
    }

    private ExportFolder.Written write(String text, String... names) {
        return ExportFolder.at(folder)
                .write(
                        List.of(names).stream()
                                .map(name -> new Manifest(name, text))
                                .toList(),
                        false);
    }
}
