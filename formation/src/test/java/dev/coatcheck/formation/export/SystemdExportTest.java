package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.application.Application;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdExportTest {
    private static final String APP_JSON = """
            {"addons": ["redis"],
             "formation": {"web": {"quantity": 2}, "worker": {"quantity": 1}, "clock": {"quantity": 0}},
             "env": {"GREETING": "hello", "SESSION_KEY": {"generator": "secret"}},
             "healthchecks": {"web": [{"type": "readiness", "path": "/ready"}]}}
            """;

    @TempDir
    Path folder;

    @Test
    void each_process_type_is_a_template_and_the_target_wants_the_formations_instances() throws IOException {
        Manifests manifests = export(shop());
        assertThat(SystemdUnit.parse(text(manifests, "shop.target")).all("Wants"))
                .containsExactly("shop-web@1.service", "shop-web@2.service", "shop-worker@1.service");
        SystemdUnit web = SystemdUnit.parse(text(manifests, "shop-web@.service"));
        assertThat(web.one("Type")).isEqualTo("exec");
        assertThat(web.one("KillMode")).isEqualTo("mixed");
        assertThat(web.one("Restart")).isEqualTo("always");
        assertThat(web.one("TimeoutStopSec")).isEqualTo("40");
        assertThat(web.one("KillSignal")).isEqualTo("SIGTERM");
        assertThat(web.one("PartOf")).isEqualTo("shop.target");
        assertThat(web.all("EnvironmentFile")).containsExactly("/etc/shop/config.env", "/etc/shop/secrets.env");
        SystemdUnit.parse(text(manifests, "shop-clock@.service"));
    }

    @Test
    void every_instance_gets_a_tcp_port_of_its_own_that_haproxy_knows() throws IOException {
        Manifests manifests = export(shop());
        assertThat(SystemdUnit.parse(text(manifests, "shop-web@.service")).shellCommand("2"))
                .isEqualTo("export PORT=$((5000 + 2)); exec node web.js");
        assertThat(SystemdUnit.parse(text(manifests, "shop-worker@.service")).shellCommand("1"))
                .isEqualTo("export PORT=$((6000 + 1)); exec node worker.js");
        assertThat(text(manifests, "haproxy.cfg"))
                .contains("    server web.1 127.0.0.1:5001\n    server web.2 127.0.0.1:5002\n")
                .contains("balance leastconn", "uri /ready ver", "timeout tunnel")
                .doesNotContainPattern("(?m)^ *(cookie|stick|balance source)");
    }

    @Test
    void the_release_is_a_oneshot_that_comes_before() throws IOException {
        Manifests manifests = export(shop());
        SystemdUnit release = SystemdUnit.parse(text(manifests, "shop-release.service"));
        assertThat(release.one("Type")).isEqualTo("oneshot");
        assertThat(release.shellCommand("")).isEqualTo("exec ./migrate");
        assertThat(SystemdUnit.parse(text(manifests, "shop-web@.service")).one("After"))
                .contains("shop-release.service");
    }

    @Test
    void a_shell_that_stays_in_front_is_signalled_together_with_what_it_runs() throws IOException {
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "web: a && b\n"));
        assertThat(SystemdUnit.parse(text(manifests, "shop-web@.service")).one("KillMode"))
                .isEqualTo("control-group");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf '%s|' 'a b' \"c\\\"d\" \"$A\" '$A' ${A}x $((2 * 3)) 100% %i %% $$x \\$A",
                "printf '%s|' \"`printf e`\" 'Zürich \uD83D\uDE00' 'it'\\''s' \\\\ '\\n' ; printf '%s' \"$(printf f)\" # $",
                "A=b; printf '%s|' \"$A\"\t'tab\tin' '\u0001\u007F' {a,b} [x] ~ '#' \";\"",
            })
    void a_command_does_what_it_does_in_a_shell(String command) throws IOException, InterruptedException {
        String procfile = command.replace("$$x", "'$$'x");
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "web: " + procfile + "\n"));
        String argument =
                SystemdUnit.parse(text(manifests, "shop-web@.service")).shellCommand("1");
        assertThat(Command.run(folder, List.of("env", "A=1 2", "sh", "-c", argument)))
                .isEqualTo(Command.run(folder, List.of("env", "A=1 2", "sh", "-c", procfile)))
                .isNotEmpty();
    }

    @Test
    void hostile_values_arrive_as_they_are() throws IOException, InterruptedException {
        Map<String, String> hostile = new TreeMap<>(Map.of(
                "QUOTES", "'\"\\\"'",
                "LINES", "first\nsecond \r  third\n\nX=1",
                "SPACES", "  x  # no comment",
                "DOLLARS", "$HOME ${HOME} $(id) `id` $$ %h \\$",
                "UNICODE", "Zürich \uD83D\uDE00 \u2028",
                "EMPTY", "",
                "CONTROL", "\u0001\u001B[31m\t",
                "BACKSLASH", "ends with \\"));
        StringBuilder dotEnv = new StringBuilder();
        hostile.forEach((name, value) -> dotEnv.append(name)
                .append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$"))
                .append("\"\n"));
        Application application = TestApplication.in(folder.resolve("shop"), "web: a\n")
                .with(".env", dotEnv.toString())
                .read();
        Manifests manifests =
                Engine.SYSTEMD.export(application, ExportSettings.defaults().withPlain(hostile.keySet()));
        String config = text(manifests, "config.env");
        Files.writeString(folder.resolve("config.env"), config);
        String listed = Command.run(
                folder, List.of("env", "-i", "/bin/sh", "-c", "set -a; . ./config.env; unset PWD OLDPWD _; env -0"));
        assertThat(Set.of(listed.split("\0", -1)))
                .containsAll(hostile.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
        assertThat(readBySystemd(config)).containsExactlyEntriesOf(hostile);
    }

    @Test
    void values_that_may_be_secret_are_in_no_file() throws IOException {
        Manifests manifests =
                export(shop().with(".env", "STRIPE=sk_live_51x\nREDIS_URL=redis://:hunter2@cache:6379\n"));
        assertThat(manifests.files())
                .extracting(Manifest::text)
                .noneMatch(text -> text.contains("sk_live") || text.contains("hunter2"));
        assertThat(readBySystemd(text(manifests, "secrets.env.example")))
                .containsOnlyKeys("REDIS_URL", "SESSION_KEY", "STRIPE")
                .containsValue("REPLACE-ME");
        assertThat(readBySystemd(text(manifests, "config.env"))).containsExactly(Map.entry("GREETING", "hello"));
    }

    @Test
    void without_a_path_an_instance_is_ready_when_it_answers_below_500() throws IOException {
        assertThat(text(export(TestApplication.in(folder.resolve("shop"), "web: a\n")), "haproxy.cfg"))
                .contains("uri / ver", "http-check expect ! rstatus ^5");
    }

    @Test
    void more_process_types_than_tcp_ports_are_refused() throws IOException {
        String procfile = IntStream.rangeClosed(1, 61)
                .mapToObj(number -> "t" + number + ": a\n")
                .collect(Collectors.joining());
        TestApplication application = TestApplication.in(folder.resolve("shop"), procfile);
        assertThatThrownBy(() -> export(application)).hasMessageContaining("more process types than");
    }

    @Test
    void systemd_takes_the_units() throws IOException, InterruptedException {
        Command.assumeInstalled("systemd-analyze");
        Manifests manifests = export(TestApplication.in(
                        folder.resolve("100% 'Bücherei' \\"),
                        "web: node \"a b\" '$x' 100% \\ é\nMy_Worker: a; b $(c) \"d\"\nrelease: ./migrate %n $$\n")
                .with("app.json", "{\"env\": {\"A\": \"b\"}}"));
        Path units = Files.createDirectory(folder.resolve("units"));
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify"));
        for (Manifest file : manifests.files()) {
            Files.writeString(units.resolve(file.name()), file.text());
            if (file.name().endsWith("service") || file.name().endsWith("target")) {
                command.add("./" + file.name().replace("@.", "@1."));
            }
        }
        assertThat(Command.run(units, command).lines())
                .filteredOn(line -> line.contains(units.getFileName() + "/"))
                .as("what systemd says of our files, but for the keys that 254 brought")
                .allMatch(line -> line.matches(".*Unknown key.* '(RestartSteps|RestartMaxDelaySec)' .*"));
    }

    @Test
    void haproxy_takes_its_configuration() throws IOException, InterruptedException {
        Command.assumeInstalled("haproxy");
        Files.writeString(folder.resolve("haproxy.cfg"), text(export(shop()), "haproxy.cfg"));
        assertThat(Command.run(folder, List.of("haproxy", "-c", "-f", "haproxy.cfg")))
                .contains("Configuration file is valid")
                .doesNotContain("WARNING");
    }

    @Test
    void the_checker_refuses_a_key_that_systemd_does_not_have() throws IOException {
        String unit = text(export(shop()), "shop-web@.service");
        assertThatThrownBy(() -> SystemdUnit.parse(unit.replace("KillMode", "KilMode")))
                .isInstanceOf(AssertionError.class);
    }

    /** By the rules of systemd.exec(5) on double quotes in an EnvironmentFile. */
    private static Map<String, String> readBySystemd(String text) {
        Map<String, String> variables = new TreeMap<>();
        String assignments = text.replaceAll("(?m)^#.*\n", "");
        Matcher matcher =
                Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\[\"\\\\`$])*)\"\n").matcher(assignments);
        int at = 0;
        while (matcher.lookingAt()) {
            variables.put(matcher.group(1), matcher.group(2).replaceAll("\\\\([\"\\\\`$])", "$1"));
            at = matcher.end();
            matcher.region(at, assignments.length());
        }
        assertThat(assignments.substring(at)).isEmpty();
        return variables;
    }

    private TestApplication shop() throws IOException {
        return TestApplication.in(
                        folder.resolve("shop"),
                        "web: node web.js\nworker: node worker.js\nclock: node clock.js\nrelease: ./migrate\n")
                .with("app.json", APP_JSON);
    }

    private static Manifests export(TestApplication application) {
        return Engine.SYSTEMD.export(application.read(), ExportSettings.defaults());
    }

    private static String text(Manifests manifests, String file) {
        return manifests.files().stream()
                .filter(it -> it.name().equals(file))
                .findFirst()
                .orElseThrow()
                .text();
    }
}
