package dev.coatcheck.formation.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    @TempDir
    Path folder;

    private final ApplicationOptions options = ApplicationOptions.of(Map.of("HOME", "/home/ada"));

    @Test
    void without_a_word_about_it_every_process_type_runs_once_and_the_release_is_apart() throws IOException {
        write("Procfile", "web: a\nrelease: b\nworker: c\n");
        Application application = Application.read(folder, options);
        assertThat(application.types()).extracting(ProcessType::name).containsExactly("web", "worker");
        assertThat(application.release()).map(ProcessType::command).contains("b");
        assertThat(application.quantities()).containsExactly(Map.entry("web", 1), Map.entry("worker", 1));
    }

    @Test
    void the_command_line_wins_over_app_json_type_by_type() throws IOException {
        write("Procfile", "web: a\nworker: b\nclock: c\n");
        write("app.json", "{\"formation\": {\"web\": {\"quantity\": 2}, \"worker\": {\"quantity\": 2}}}");
        Application application = Application.read(folder, options.withQuantities("web=3, clock=0"));
        assertThat(application.quantities())
                .containsExactly(Map.entry("web", 3), Map.entry("worker", 2), Map.entry("clock", 0));
    }

    @Test
    void a_variable_comes_from_the_nearest_place() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", "A=file\nB=file\nHOME=elsewhere\n");
        write("app.json", "{\"env\": {\"A\": \"default\", \"B\": \"default\", \"C\": \"default\"}}");
        Application application =
                Application.read(folder, ApplicationOptions.of(Map.of("A", "shell", "HOME", "/home/ada")));
        assertThat(application.environment())
                .containsOnly(
                        Map.entry("A", "shell"),
                        Map.entry("B", "file"),
                        Map.entry("C", "default"),
                        Map.entry("HOME", "/home/ada"));
    }

    @Test
    void who_expects_an_env_file_to_be_expanded_is_told_that_it_is_not() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", """
                HOST=h
                URL=http://${HOST}/
                NOW=$(date)
                PASSWORD=pa$word
                SINGLE='$HOST'
                ESCAPED="\\$HOST"
                QUOTED="$HOST"
                """);
        assertThat(Application.read(folder, options).notes())
                .satisfiesExactly(
                        url -> assertThat(url).startsWith(".env: URL has a $ that a shell would replace"),
                        now -> assertThat(now).startsWith(".env: NOW has a $"),
                        quoted -> assertThat(quoted).startsWith(".env: QUOTED has a $"));
    }

    @Test
    void files_of_every_system_are_read_and_bytes_that_are_no_text_are_told_with_their_line() throws IOException {
        for (String text : List.of("web: a\nworker: b\n", "\uFEFFweb: a\r\nworker: b", "web: a\rworker: b\r")) {
            write("Procfile", text);
            assertThat(Application.read(folder, options).types())
                    .extracting(ProcessType::command)
                    .containsExactly("a", "b");
        }
        Files.write(
                folder.resolve("Procfile"), "web: a\nworker: gr\u00fc\u00df\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("Procfile:2: is not UTF-8 text");
    }

    @Test
    void another_env_file_is_read_instead() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", "A=usual\n");
        write("production.env", "B=asked for\n");
        Application application = Application.read(folder, options.withEnvFile(folder.resolve("production.env")));
        assertThat(application.environment()).containsEntry("B", "asked for").doesNotContainKey("A");
    }

    @Test
    void a_service_is_started_only_where_nothing_tells_its_url() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", "REDIS_URL=redis://elsewhere:6379\n");
        write("app.json", "{\"addons\": [\"heroku-postgresql\", \"heroku-redis\"], \"env\": {\"DATABASE_URL\": {}}}");
        assertThat(Application.read(folder, options).services()).containsExactly(ServiceKind.POSTGRESQL);
        assertThat(Application.read(folder, options.withServices("redis")).services())
                .containsExactly(ServiceKind.POSTGRESQL);
    }

    @Test
    void an_object_store_is_attached_by_its_place_and_not_by_the_credentials_of_a_shell() throws IOException {
        write("Procfile", "web: a\n");
        write("app.json", "{\"addons\": [\"s3\"], \"env\": {\"S3_BUCKET\": {}, \"AWS_REGION\": {}}}");
        write(".env", "AWS_ACCESS_KEY_ID=of an account\nAWS_REGION=eu-north-1\nS3_BUCKET=\n");
        assertThat(Application.read(folder, options).services()).containsExactly(ServiceKind.S3);
        write(".env", "S3_BUCKET=photos\nAWS_REGION=eu-north-1\n");
        assertThat(Application.read(folder, options).services()).isEmpty();
    }

    @Test
    void secrets_are_made_up_only_where_nothing_sets_them() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", "SET=here\nBLANK=\n");
        write(
                "app.json",
                "{\"env\": {\"SET\": {\"generator\": \"secret\"}, \"BLANK\": {\"generator\": \"secret\"}, \"PORT\": {}}}");
        assertThat(Application.read(folder, options).secrets()).containsExactly("BLANK");
    }

    @Test
    void it_knows_the_variables_that_it_wants_and_where_their_values_come_from() throws IOException {
        write("Procfile", "web: a\n");
        write(".env", "MINE=1\nREDIS_URL=redis://elsewhere:6379\nOVERRIDDEN=2\nPORT=3\nBLANK=\n");
        write("app.json", """
                {"addons": ["redis", "postgresql"],
                 "env": {"DEFAULT": "a", "OVERRIDDEN": "b", "MADE": {"generator": "secret"}, "BLANK": {},
                         "LACKING": {}, "OPTIONAL": {"required": false}}}
                """);
        assertThat(Application.describe(folder, options).variables())
                .containsExactly(
                        Map.entry("BLANK", Origin.NOWHERE),
                        Map.entry("DATABASE_URL", Origin.SERVICE),
                        Map.entry("DEFAULT", Origin.APP_JSON),
                        Map.entry("LACKING", Origin.NOWHERE),
                        Map.entry("MADE", Origin.GENERATED),
                        Map.entry("MINE", Origin.OUTSIDE),
                        Map.entry("OVERRIDDEN", Origin.OUTSIDE),
                        Map.entry("REDIS_URL", Origin.SERVICE));
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("env.LACKING is required")
                .hasMessageContaining("env.BLANK is required");
    }

    @Test
    void the_paths_of_the_health_checks_are_told_by_their_type() throws IOException {
        write("Procfile", "web: a\n");
        write("app.json", """
                {"healthchecks": {"web": [{"type": "startup", "path": "/up"}, {"type": "liveness", "path": "/live"}]}}
                """);
        Application application = Application.read(folder, options);
        assertThat(application.readinessPath()).contains("/up");
        assertThat(application.livenessPath()).contains("/live");
    }

    @Test
    void every_problem_of_every_file_and_option_is_told_at_once() throws IOException {
        write("Procfile", "web: a\nworker b\n");
        write(".env", "NONSENSE\n");
        write(
                "app.json",
                "{\"formation\": {\"wrker\": {\"quantity\": 1}}, \"env\": {\"API_KEY\": {\"description\": \"of the post\"}}}");
        ApplicationOptions wrong = options.withQuantities("webb=1,web=x,release=1")
                .withServices("redis", "postgrs")
                .withReadinessPath("health");
        assertThatThrownBy(() -> Application.read(folder, wrong))
                .isInstanceOfSatisfying(
                        InvalidApplicationException.class,
                        e -> assertThat(e.problems())
                                .extracting(Problem::toString)
                                .containsExactly(
                                        "Procfile:2: has no colon; a line reads 'name: command', as in 'web: node server.js'",
                                        ".env:1: has no '='; a line reads NAME=value",
                                        "app.json: formation: the Procfile has no process type 'wrker' (it has web)",
                                        "--formation: 'web=x' is not understood; write it as web=3,worker=2",
                                        "--formation: the Procfile has no process type 'webb'; did you mean 'web'? (it has web)",
                                        "--formation: 'release' runs once before the others and has no quantity",
                                        "--with: there is no 'postgrs' to start; did you mean 'postgresql'? (there is postgresql,"
                                                + " redis, memcached, s3; attach anything else by its URL in the environment)",
                                        "app.json: env.API_KEY is required (of the post) and set nowhere; set it in the"
                                                + " environment or in .env",
                                        "--ready: 'health' must be a path such as /health/ready: it begins with '/' and holds no"
                                                + " spaces"));
    }

    @Test
    void a_missing_folder_procfile_or_env_file_is_told() throws IOException {
        assertThatThrownBy(() -> Application.read(folder.resolve("nowhere"), options))
                .hasMessage(folder.resolve("nowhere") + ": does not exist");
        assertThatThrownBy(() -> Application.read(folder, options.withEnvFile(Path.of("no.env"))))
                .hasMessageContaining(folder.resolve("Procfile") + ": does not exist; it holds a line 'name: command'")
                .hasMessageContaining("--env-file: no.env does not exist");
    }

    @Test
    void a_file_that_is_almost_a_procfile_is_named() throws IOException {
        write("Procfile.dev", "web: a\n");
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("Procfile: does not exist")
                .hasMessageEndingWith("There is a Procfile.dev, which is not read: copy or rename it if it is meant");
    }

    @Test
    void a_formation_of_nothing_is_refused() throws IOException {
        write("Procfile", "web: a\nrelease: b\n");
        assertThatThrownBy(() -> Application.read(folder, options.withQuantities("web=0")))
                .hasMessageContaining("leaves nothing to run");
        write("Procfile", "release: b\n");
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("Procfile: defines nothing that is to go on running");
        write("Procfile", "release: b\nweb node server.js\n");
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("Procfile:2")
                .hasMessageNotContaining("defines nothing");
    }

    @Test
    void windows_line_ends_and_a_byte_order_mark_do_not_matter() throws IOException {
        write("Procfile", "\uFEFFweb: a\r\nworker: b\r\n");
        write(".env", "\uFEFFA=1\r\nB=\"2\r\n3\"\r\n");
        Application application = Application.read(folder, options);
        assertThat(application.types()).extracting(ProcessType::command).containsExactly("a", "b");
        assertThat(application.environment()).containsEntry("A", "1").containsEntry("B", "2\n3");
    }

    @Test
    void what_is_no_text_is_refused() throws IOException {
        write("Procfile", "web: a\0b\n");
        Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xff, '\n'});
        Files.write(folder.resolve("app.json"), new byte[2 << 20]);
        assertThatThrownBy(() -> Application.read(folder, options))
                .hasMessageContaining("Procfile:1: holds a NUL character")
                .hasMessageContaining(".env:1: is not UTF-8 text")
                .hasMessageContaining("app.json: is larger than 1 MiB");
    }

    @Test
    void generated_secrets_stay_the_same_and_are_their_owners_only() throws IOException {
        Path file = folder.resolve("secrets");
        Map<String, String> first = GeneratedSecrets.in(file).values(Set.of("A"));
        Map<String, String> second = GeneratedSecrets.in(file).values(Set.of("A", "B"));
        assertThat(first).containsOnlyKeys("A");
        assertThat(first.get("A")).matches("[0-9a-f]{64}");
        assertThat(second).containsAllEntriesOf(first).containsOnlyKeys("A", "B");
        assertThat(second.get("B")).isNotEqualTo(second.get("A"));
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
