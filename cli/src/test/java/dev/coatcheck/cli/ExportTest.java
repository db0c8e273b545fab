package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    @TempDir
    Path folder;

    private Path out = Path.of("");
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void writeAnApplication() throws IOException {
        out = folder.resolve("out");
        Files.writeString(folder.resolve("Procfile"), "web: node server.js\n");
        Files.writeString(folder.resolve(".env"), "LOG_LEVEL=debug\nKEY=sk_live_1\n");
    }

    @Test
    void it_tells_what_it_wrote_and_warns_of_what_the_engine_does_not_do() throws IOException {
        assertThat(export(
                        "kubernetes",
                        "--image",
                        "shop:7",
                        "--formation",
                        "web=4",
                        "--config",
                        "LOG_LEVEL",
                        "--start-timeout",
                        "181"))
                .isZero();
        Path deployment = out.resolve("deployment-web.yaml");
        assertThat(output.toString()).contains("wrote " + deployment);
        assertThat(errors.toString()).contains("coatcheck: warning: requests are not held while no pod is ready");
        assertThat(deployment)
                .content()
                .contains("replicas: 4")
                .contains("image: \"shop:7\"")
                .contains("failureThreshold: 91")
                .contains("progressDeadlineSeconds: 721");
        assertThat(out.resolve("configmap.yaml")).content().contains("LOG_LEVEL: debug");
        assertThat(output + errors.toString()).doesNotContain("sk_live_1");
    }

    @Test
    void the_same_again_succeeds_and_a_file_that_was_changed_is_replaced_by_force_only() throws IOException {
        assertThat(export("kubernetes")).isZero();
        assertThat(export("kubernetes")).isZero();
        Path deployment = out.resolve("deployment-web.yaml");
        Files.writeString(deployment, "tailored");
        assertThat(export("kubernetes")).isEqualTo(Coatcheck.FAILED);
        assertThat(errors.toString()).contains(deployment + " was changed since");
        assertThat(deployment).hasContent("tailored");
        assertThat(export("kubernetes", "--force")).isZero();
        assertThat(deployment).content().contains("kind: Deployment");
    }

    @Test
    void wrong_usage_is_told_and_nothing_is_written() {
        assertThat(export("nomad")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("nomad").contains("kubernetes");
        assertThat(export("kubernetes", "--image", "no image")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("--image: 'no image' is no name of an image");
        assertThat(export("systemd", "--image", "shop:7")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("--image: systemd runs no images");
        assertThat(export("systemd", "--start-timeout", "90")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("--start-timeout: systemd waits for no readiness");
        assertThat(export("kubernetes", "--config", "LOGLEVEL")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("neither app.json nor .env has LOGLEVEL");
        assertThat(export("kubernetes", "--formation", "wbe=2")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(run("export", "kubernetes", folder.toString())).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(errors.toString()).contains("--out");
        assertThat(out).doesNotExist();
    }

    @Test
    void paths_are_meant_from_the_folder_that_the_command_works_in() throws IOException {
        Files.writeString(folder.resolve("production.env"), "GREETING=hello\n");

        assertThat(run("-C", folder.toString(), "export", "systemd", "--out", "units", "--env-file", "production.env"))
                .as(errors.toString())
                .isZero();

        assertThat(folder.resolve("units")).isNotEmptyDirectory();
    }

    private int export(String engine, String... options) {
        String[] arguments = new String[4 + options.length + 1];
        arguments[0] = "export";
        arguments[1] = engine;
        arguments[2] = folder.toString();
        arguments[3] = "--out";
        arguments[4] = out.toString();
        System.arraycopy(options, 0, arguments, 5, options.length);
        return run(arguments);
    }

    private int run(String... arguments) {
        return Coatcheck.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
    }
}
