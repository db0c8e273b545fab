package dev.coatcheck.formation.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseStoreTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    @Test
    void a_release_is_read_as_it_was_written() throws IOException {
        Configuration configuration = new Configuration(
                List.of(new ProcessType("web", "node server.js")),
                Optional.of(new ProcessType("release", "node migrate.js")),
                Map.of("web", 3),
                Map.of("TOKEN", "hunter2"),
                Set.of(ServiceKind.REDIS),
                Set.of("SECRET"),
                Optional.of("/ready"),
                Map.of("web", new StopPolicy(Signal.INT, Optional.of(Duration.ofSeconds(60)))));
        Release written = ReleaseStore.in(folder).create(CREATED, "abc", configuration);
        assertThat(ReleaseStore.in(folder).all()).containsExactly(written);
        assertThat(written.toString()).contains("TOKEN").doesNotContain("hunter2");
    }

    @Test
    void numbers_go_on_and_what_became_of_a_release_is_kept_beside_it() throws IOException {
        ReleaseStore store = ReleaseStore.in(folder);
        assertThat(store.current()).isEmpty();
        Release first = store.create(CREATED, "a", configuration(Map.of()));
        assertThat(store.state(first)).isEqualTo(Release.State.UNFINISHED);
        store.becameCurrent(first);
        store.cameUp(first);
        Release second = store.create(CREATED, "b", configuration(Map.of()));
        store.failed(second);
        // It ran, and never came up.
        store.becameCurrent(store.create(CREATED, "b2", configuration(Map.of())));
        Release third = store.create(CREATED, "c", configuration(Map.of()));
        store.becameCurrent(third);
        // What ran once can be gone back to, whatever became of a later try.
        store.failed(first);
        ReleaseStore anew = ReleaseStore.in(folder);
        assertThat(anew.all()).extracting(Release::number).containsExactly(1, 2, 3, 4);
        assertThat(anew.all())
                .extracting(anew::state)
                .containsExactly(
                        Release.State.EARLIER, Release.State.FAILED, Release.State.UNFINISHED, Release.State.CURRENT);
        assertThat(anew.current()).contains(third);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0", "99999999999"})
    void without_a_readable_word_on_the_current_release_there_is_none_and_the_others_are_there(String word)
            throws IOException {
        ReleaseStore store = ReleaseStore.in(folder);
        Release first = store.create(CREATED, "a", configuration(Map.of()));
        store.cameUp(first);
        store.becameCurrent(first);
        Files.writeString(folder.resolve("current"), word);
        assertThat(store.current()).isEmpty();
        assertThat(store.state(first)).isEqualTo(Release.State.EARLIER);
        Release second = store.create(CREATED, "b", configuration(Map.of()));
        store.becameCurrent(second);
        assertThat(store.current()).contains(second);
    }

    @Test
    void what_cannot_be_read_is_named() throws IOException {
        ReleaseStore store = ReleaseStore.in(folder);
        Files.writeString(folder.resolve("00001.json"), "{}");
        assertThatThrownBy(store::all).isInstanceOf(IOException.class).hasMessageContaining("00001.json");
    }

    @Test
    void changes_name_variables_and_never_tell_their_values() {
        Release before =
                new Release(1, CREATED, "a", configuration(Map.of("A", "secret-1", "B", "secret-2", "C", "x")));
        Release after = new Release(2, CREATED, "a", configuration(Map.of("B", "secret-3", "C", "x", "D", "secret-4")));
        assertThat(ReleaseChanges.between(before, after)).containsExactly("variables: A removed, B changed, D added");
        assertThat(ReleaseChanges.between(before, before)).isEmpty();
    }

    private static Configuration configuration(Map<String, String> environment) {
        return new Configuration(
                List.of(new ProcessType("web", "node server.js")),
                Optional.empty(),
                Map.of("web", 1),
                environment,
                Set.of(),
                Set.of(),
                Optional.empty(),
                Map.of());
    }
}
