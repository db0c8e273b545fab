package dev.coatcheck.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.prove.ProofSettings.Source;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
    @TempDir
    Path folder;

    @Test
    void scenarios_of_one_name_are_told_apart_by_the_ends_of_their_paths() throws IOException {
        List<Source> sources = Source.toldApart(List.of(
                source("shop/login.hurl"),
                source("shop/login.http"),
                source("a/shop/login.hurl"),
                source("cart.hurl")));

        assertThat(sources)
                .extracting(source -> source.scenario().name())
                .containsExactly(folder.getFileName() + "/shop/login.hurl", "login.http", "a/shop/login.hurl", "cart");
    }

    @Test
    void one_that_is_given_twice_is_refused() throws IOException {
        List<Source> twice = List.of(source("shop/login.hurl"), source("shop/login.hurl"));

        assertThatThrownBy(() -> Source.toldApart(twice))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageEndingWith("is given twice");
    }

    private Source source(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(folder.resolve("a/shop"));
        Files.createDirectories(folder.resolve("shop"));
        Files.writeString(file, "GET http://localhost/a\n");
        return Source.read(file, file.toString(), Set.of());
    }
}
