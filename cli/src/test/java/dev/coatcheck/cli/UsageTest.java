package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "up",
                "ps",
                "scale",
                "restart",
                "roll",
                "rollback",
                "releases",
                "pause",
                "resume",
                "services",
                "metrics",
                "logs",
                "run",
                "stop",
                "export",
                "prove",
                "doctor"
            })
    void help_comes_with_examples(String command) {
        String[] arguments = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        assertThat(run(arguments)).isZero();
        assertThat(out.toString()).contains("Usage: coatcheck").contains("Examples:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web=2,worker=0", "web=2 worker=0"})
    void scale_takes_several_process_types_in_either_form(String types) {
        List<String> arguments = new ArrayList<>(List.of("scale", "-C", folder.toString()));
        arguments.addAll(List.of(types.split(" ")));
        assertThat(run(arguments.toArray(String[]::new))).isNotEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("no formation runs in");
    }

    @Test
    void a_misspelt_option_or_command_is_wrong_usage_and_gets_a_suggestion() {
        assertThat(run("up", "--prot", "1")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--prot").contains("--port");
        assertThat(run("stpo")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("stpo").contains("coatcheck stop");
    }

    @Test
    void no_command_and_impossible_values_are_wrong_usage() {
        assertThat(run()).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(run("up", "--port", "70000")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--port: the TCP port must be 0 (any free one) to 65535, but is 70000");
        assertThat(run("up", "--host", " ")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--host: the host to listen on is empty");
        assertThat(run("up", "--metrics-port", "-1")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("--metrics-port: the TCP port for metrics must be 0 (any free one) to 65535");
        assertThat(run("up", "--max-body", "20 MB")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("'20 MB' is no size").contains("as in 20m");
        assertThat(run("up", "--hold", "0")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("coatcheck: the age of a held request must be positive");
        assertThat(run("up", "--tls-cert", "fullchain.pem")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--tls-cert and --tls-key: one is of no use without the other");
        assertThat(run("up", "--port", "http")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(run("up", "--log", "xml")).isEqualTo(Coatcheck.WRONG_USAGE);
    }

    @Test
    void a_proof_that_could_not_be_made_or_written_is_refused_before_it_begins() throws IOException {
        String application = folder.toString();
        assertThat(run("prove", application, "--step", "GET /", "--step", "GET /me"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("there is no Procfile in " + folder).contains("--web 'node server.js'");
        Path file = Files.writeString(folder.resolve("file"), "x");
        String report = file.resolve("in").toString();
        assertThat(run("prove", application, "--web", "x", "--step", "/", "--step", "/me", "--report", report))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("--report: nothing can be written to the folder " + report + " (Not a directory)");
        assertThat(run("prove", application, "--web", "x", "--scenario", "file"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--scenario: there is no file").contains("did you mean " + file + "?");
        assertThat(run("prove", application, "--web", "x", "--step", "/", "--step", "/me", "--checks", "roll"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--checks spread,roll");
        assertThat(err.toString()).doesNotContain("Usage:").contains("'coatcheck prove --help' tells how it is used.");
    }

    @Test
    void seconds_are_taken_with_and_without_their_unit() {
        assertThat(new Seconds().convert("4")).isEqualTo(4);
        assertThat(new Seconds().convert("4s")).isEqualTo(4);
        assertThat(new Seconds().convert("2m")).isEqualTo(120);
        assertThat(run("prove", "--start-timeout", "0.5", "--web", "x", "--step", "/", "--step", "/me"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("--start-timeout")
                .contains("'0.5' is no number of whole seconds, as in 4 or 4s, or of minutes, as in 2m");
    }

    @Test
    void no_time_to_start_is_refused_before_anything_is_started() {
        String application = folder.toString();
        assertThat(run("up", application, "--start-timeout", "0")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("--start-timeout: the time for an instance to become ready must be positive, but is 0 s");
    }

    @Test
    void what_up_needs_where_there_is_no_procfile_is_told() {
        assertThat(run("up", folder.toString())).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains(folder.resolve("Procfile") + ": does not exist")
                .contains("as in 'web: node server.js'; --web takes that one command in its place");
        assertThat(run("up", folder.toString(), "--web", "node server.js &")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--web: the command ends in '&'");
        assertThat(run("up", folder.toString(), "--web", "a", "--formation", "wroker=2"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--formation: there is no process type 'wroker' (there is web)");
    }

    @Test
    void the_address_of_a_recording_is_of_no_use_without_one() {
        assertThat(run("prove", "--web", "x", "--step", "/", "--step", "/me", "--recorded-at", "http://shop.example"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--recorded-at tells where").contains("none is given");
    }

    @Test
    void a_request_without_its_quotes_is_told_to_be_one_argument() {
        String application = folder.toString();
        assertThat(run("prove", "-C", application, "--web", "x", "--step", "POST", "/login", "--step", "/me"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--step 1, column 5: no path follows the method 'POST'");
        assertThat(run("prove", "--web", "x", "--step", "POST", "/login", "{name:ann}"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("A request is one argument, in quotes: --step 'POST /login");
        assertThat(run("prove", "-C", application, "--web", "x", "--step", "post /login", "--step", "/me"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--step 1, column 1: a method is written in capital letters");
    }

    @Test
    void what_instances_that_run_elsewhere_cannot_have_is_refused() {
        String both = "http://127.0.0.1:1,http://127.0.0.1:2";
        assertThat(against(both, "--web", "x", "--instances", "2")).contains("it does not go with --web, --instances");
        assertThat(against(both, "--lease", "10", folder.toString()))
                .contains("it does not go with --lease, a folder (" + folder + ")");
        assertThat(against(both, "--checks", "spread,amnesia")).contains("there is no amnesia with --against");
        assertThat(against("http://127.0.0.1:1")).contains("split over two instances or more");
        assertThat(against("http://127.0.0.1:1,http://localhost:1")).contains("an address of its own");
        assertThat(against("127.0.0.1:1,http://127.0.0.1:2"))
                .contains("expected http://HOST:PORT or https://HOST:PORT");
        assertThat(against("http://ann:secret@127.0.0.1:1,http://127.0.0.1:2"))
                .contains("http://…@127.0.0.1:1")
                .doesNotContain("secret");
        assertThat(run("prove", folder.toString(), "--web", "x", "--step", "/", "--origin", "http://shop.example"))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("--origin goes with --against");
    }

    private String against(String addresses, String... more) {
        err.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of("prove", "--step", "/", "--step", "/me", "--against", addresses));
        line.addAll(List.of(more));
        assertThat(run(line.toArray(String[]::new))).isEqualTo(Coatcheck.WRONG_USAGE);
        return err.toString();
    }

    @Test
    void every_problem_of_an_application_is_told_at_once() throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web node\n");
        Files.writeString(folder.resolve(".env"), "A\n");
        assertThat(run("up", folder.toString(), "--with", "mysql")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("this cannot be run yet")
                .contains("Procfile:1: ")
                .contains(".env:1: ")
                .contains("--with: there is no 'mysql' to start");
        assertThat(folder.resolve(".coatcheck")).doesNotExist();
    }

    @Test
    void a_command_for_a_formation_that_does_not_run_fails() {
        assertThat(run("ps", "-C", folder.toString())).isEqualTo(Coatcheck.FAILED);
        assertThat(run("stop", "-C", folder.toString())).isEqualTo(Coatcheck.FAILED);
        assertThat(err.toString()).contains("no formation runs in " + folder);
    }

    @Test
    void the_folder_may_be_told_before_the_command_too() {
        assertThat(run("-C", folder.toString(), "ps")).isEqualTo(Coatcheck.FAILED);
        assertThat(err.toString()).contains("no formation runs in " + folder);
    }

    @Test
    void what_an_application_keeps_under_scenarios_is_played_where_nothing_is_named() throws IOException {
        String application = folder.toString();
        assertThat(run("prove", application, "--web", "x")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString())
                .contains("what is to be played?")
                .contains("or put files NAME.hurl, NAME.http or NAME.har into " + folder.resolve("scenarios"));

        Path scenarios = Files.createDirectory(folder.resolve("scenarios"));
        Files.writeString(scenarios.resolve("README.md"), "not one");
        assertThat(run("prove", application, "--web", "x")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("there is no file NAME.hurl, NAME.http or NAME.har in " + scenarios);

        Files.writeString(scenarios.resolve("a.hurl"), "GET {{BASE_URL}}/\nHTTP 200\n");
        Files.writeString(scenarios.resolve("b.hurl"), "not a request");
        assertThat(run("prove", application, "--web", "x")).isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("b.hurl");
        assertThat(run("prove", application, "--web", "x", "--scenario", scenarios.toString()))
                .isEqualTo(Coatcheck.WRONG_USAGE);
        assertThat(err.toString()).contains("b.hurl");
    }

    private int run(String... arguments) {
        CommandLine command = Coatcheck.commandLine();
        return command.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
