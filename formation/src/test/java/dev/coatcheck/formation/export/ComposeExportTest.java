package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.application.Application;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComposeExportTest {
    private static final String APP_JSON = """
            {"addons": ["redis", "postgresql"],
             "formation": {"web": {"quantity": 2}, "worker": {"quantity": 3}},
             "env": {"GREETING": "it's $5", "SESSION_KEY": {"generator": "secret"}},
             "healthchecks": {"web": [{"type": "readiness", "path": "/ready?a='b'&c=$d"}]}}
            """;
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\$|\\{(\\w+):\\?[^}]*})|\\$");

    @TempDir
    Path folder;

    @Test
    void each_process_type_is_a_service_with_its_replicas_and_only_the_router_is_published() throws IOException {
        Map<?, ?> file = parsed(shop());
        assertThat(file.get("name")).isEqualTo("shop");
        assertThat(in(file, "services", "web", "deploy", "replicas")).isEqualTo(2);
        assertThat(in(file, "services", "worker", "deploy", "replicas")).isEqualTo(3);
        assertThat(in(file, "services", "router", "ports")).isEqualTo(List.of("127.0.0.1:8080:8080"));
        assertThat(keys(in(file, "services", "web"))).doesNotContain("ports");
        assertThat(in(file, "services", "web", "environment", "PORT")).isEqualTo("8080");
    }

    @Test
    void the_release_completes_before_the_others_start_and_the_backing_services_come_before_it() throws IOException {
        Map<?, ?> file = parsed(shop());
        assertThat(in(file, "services", "web", "depends_on"))
                .isEqualTo(Map.of(
                        "release", Map.of("condition", "service_completed_successfully"),
                        "redis", Map.of("condition", "service_healthy"),
                        "postgresql", Map.of("condition", "service_healthy")));
        assertThat(keys(in(file, "services", "release", "depends_on")))
                .containsExactlyInAnyOrder("postgresql", "redis");
        assertThat(in(file, "services", "release", "restart")).isEqualTo("no");
    }

    @Test
    void backing_services_keep_their_data_and_are_told_by_url() throws IOException {
        Map<?, ?> file = parsed(shop());
        assertThat((Map<?, ?>) file.get("volumes")).hasSize(2);
        assertThat(in(file, "services", "postgresql", "volumes")).isEqualTo(List.of("postgresql:/var/lib/postgresql"));
        assertThat(interpolated(
                        (String) in(file, "services", "web", "environment", "DATABASE_URL"),
                        Map.of("POSTGRES_PASSWORD", "pw")))
                .isEqualTo("postgresql://app:pw@postgresql:5432/app");
        assertThat(in(file, "services", "worker", "environment", "REDIS_URL")).isEqualTo("redis://redis:6379");
    }

    @Test
    void every_kind_of_backing_service_is_a_container_or_has_to_be_attached() throws IOException {
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "web: a\n")
                .with("app.json", "{\"addons\": [\"postgresql\", \"redis\", \"memcached\", \"s3\"]}"));
        Map<?, ?> file = ComposeSchema.parse(text(manifests, "compose.yaml"));
        assertThat(keys(in(file, "services")))
                .containsExactlyInAnyOrder("router", "web", "postgresql", "redis", "memcached");
        assertThat(in(file, "services", "web", "environment", "MEMCACHED_URL"))
                .isEqualTo("memcached://memcached:11211");
        assertThat(text(manifests, ".env.example")).contains("\nAWS_ENDPOINT_URL_S3=\n", "\nS3_BUCKET=\n");
        assertThat(manifests.warnings()).anyMatch(warning -> warning.startsWith("an S3-speaking store is not part"));
    }

    @Test
    void a_type_has_the_signal_and_the_time_to_stop_that_app_json_gives_it() throws IOException {
        Map<?, ?> file = parsed(TestApplication.in(folder.resolve("shop"), "web: a\nworker: b\n")
                .with("app.json", "{\"coatcheck\": {\"stop\": {\"worker\": {\"signal\": \"INT\", \"seconds\": 90}}}}"));
        assertThat(in(file, "services", "worker", "stop_signal")).isEqualTo("SIGINT");
        assertThat(in(file, "services", "worker", "stop_grace_period")).isEqualTo("90s");
        assertThat(keys(in(file, "services", "web"))).doesNotContain("stop_signal");
    }

    @Test
    void a_service_that_is_attached_by_its_url_has_no_container() throws IOException {
        Manifests manifests = export(shop().with(".env", "REDIS_URL=redis://:hunter2@cache:6379\n"));
        Map<?, ?> file = ComposeSchema.parse(text(manifests, "compose.yaml"));
        assertThat(keys(in(file, "services"))).doesNotContain("redis");
        assertThat(interpolated(
                        (String) in(file, "services", "web", "environment", "REDIS_URL"),
                        Map.of("REDIS_URL", "redis://there")))
                .isEqualTo("redis://there");
        assertThat(text(manifests, ".env.example")).contains("\nREDIS_URL=\n").doesNotContain("hunter2");
    }

    @Test
    void values_that_may_be_secret_are_in_no_file_and_have_to_be_given() throws IOException {
        Manifests manifests = export(shop().with(".env", "STRIPE=sk_live_51x\n"));
        assertThat(manifests.files()).extracting(Manifest::text).noneMatch(text -> text.contains("sk_live"));
        assertThat(text(manifests, ".env.example"))
                .endsWith(
                        "# openssl rand -hex 32\nPOSTGRES_PASSWORD=\n# openssl rand -hex 32\nSESSION_KEY=\nSTRIPE=\n");
        assertThat(in(ComposeSchema.parse(text(manifests, "compose.yaml")), "services", "web", "environment", "STRIPE"))
                .isEqualTo("${STRIPE:?set it in .env}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node server.js",
                "A=b; printf '%s' \"$A\" $$ ${A} $(id) `id` \\ # yes",
                "- 'Zürich' : \"x\" & {a} [b] \uD83D\uDE00 \u0085",
            })
    void a_command_reaches_the_shell_as_it_is(String command) throws IOException {
        Map<?, ?> file = parsed(TestApplication.in(folder.resolve("shop"), "web: " + command + "\n"));
        assertThat(in(file, "services", "web", "entrypoint")).isEqualTo(List.of("/bin/sh", "-c"));
        List<?> arguments = (List<?>) in(file, "services", "web", "command");
        assertThat(arguments).hasSize(1);
        assertThat(interpolated((String) arguments.getFirst(), Map.of()))
                .isIn(
                        "export COATCHECK_INSTANCE=web.$HOSTNAME; " + command,
                        "export COATCHECK_INSTANCE=web.$HOSTNAME; exec " + command);
    }

    @Test
    void hostile_values_arrive_as_they_are() throws IOException {
        Map<String, String> hostile = Map.of(
                "BOOLEAN", "yes",
                "NUMBER", "0x1",
                "EMPTY", "",
                "LINES", "first\nsecond: # no\n",
                "DOLLARS", "$HOME ${HOME:?} $$ $",
                "UNICODE", "Zürich \u2028 \uD83D\uDE00",
                "QUOTES", "\"a\" \\ b");
        StringBuilder dotEnv = new StringBuilder();
        hostile.forEach(
                (name, value) -> dotEnv.append(name).append("='").append(value).append("'\n"));
        Application application = TestApplication.in(folder.resolve("shop"), "web: a\n")
                .with(".env", dotEnv.toString())
                .read();
        Map<?, ?> file = ComposeSchema.parse(text(
                Engine.COMPOSE.export(application, ExportSettings.defaults().withPlain(hostile.keySet())),
                "compose.yaml"));
        hostile.forEach((name, value) -> assertThat(
                        interpolated((String) in(file, "services", "web", "environment", name), Map.of()))
                .isEqualTo(value));
    }

    @Test
    void process_types_that_are_called_like_the_others_keep_their_names() throws IOException {
        Map<?, ?> file = parsed(
                TestApplication.in(folder.resolve("shop"), "web: a\nrouter: b\nredis: c\nRelease: d\nrelease: e\n")
                        .with("app.json", "{\"addons\": [\"redis\"]}"));
        assertThat((Map<?, ?>) file.get("services")).hasSize(7);
        assertThat((String) ((List<?>) in(file, "services", "redis", "command")).getFirst())
                .endsWith("exec c");
        assertThat((String) ((List<?>) in(file, "services", "router", "command")).getFirst())
                .endsWith("exec b");
        String url = (String) in(file, "services", "web", "environment", "REDIS_URL");
        String host = url.replaceAll("redis://(.*):6379", "$1");
        assertThat(host).isNotEqualTo("redis");
        assertThat(in(file, "services", host, "image")).asString().startsWith("redis:");
    }

    @Test
    void without_web_there_is_no_router() throws IOException {
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "worker: a\n"));
        assertThat(manifests.files()).extracting(Manifest::name).containsExactly("compose.yaml");
        ComposeSchema.parse(text(manifests, "compose.yaml"));
    }

    @Test
    void haproxy_takes_its_configuration() throws IOException, InterruptedException {
        Command.assumeInstalled("haproxy");
        String configuration = text(export(shop()), "haproxy.cfg");
        assertThat(configuration)
                .contains("server-template web. 32 web:8080 resolvers docker")
                .contains("uri /ready?a=\\'b\\'&c=$d ver");
        Files.writeString(folder.resolve("haproxy.cfg"), configuration);
        assertThat(Command.run(folder, List.of("haproxy", "-c", "-f", "haproxy.cfg")))
                .contains("Configuration file is valid")
                .doesNotContain("WARNING");
    }

    @Test
    void the_checker_refuses_a_key_that_compose_does_not_have() throws IOException {
        String text = text(export(shop()), "compose.yaml");
        assertThatThrownBy(() -> ComposeSchema.parse(text.replace("stop_grace_period", "stop_grace")))
                .isInstanceOf(AssertionError.class);
    }

    /** As compose-go's package template does for the forms that are written here. */
    private static String interpolated(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            if (match.group().equals("$$")) {
                return Matcher.quoteReplacement("$");
            }
            String value = match.group(1) == null ? null : variables.get(match.group(1));
            if (value == null) {
                throw new AssertionError("Compose would look for a variable at " + match.group() + " in " + text);
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private TestApplication shop() throws IOException {
        return TestApplication.in(
                        folder.resolve("shop"), "web: node web.js\nworker: node worker.js\nrelease: ./migrate\n")
                .with("app.json", APP_JSON);
    }

    private static Manifests export(TestApplication application) {
        return Engine.COMPOSE.export(application.read(), ExportSettings.defaults());
    }

    private static Map<?, ?> parsed(TestApplication application) throws IOException {
        return ComposeSchema.parse(text(export(application), "compose.yaml"));
    }

    private static Object in(Map<?, ?> file, String... keys) {
        Object found = file;
        for (String key : keys) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(key), key);
        }
        return found;
    }

    private static Set<String> keys(Object mapping) {
        return ((Map<?, ?>) mapping).keySet().stream().map(String.class::cast).collect(Collectors.toSet());
    }

    private static String text(Manifests manifests, String file) {
        return manifests.files().stream()
                .filter(it -> it.name().equals(file))
                .findFirst()
                .orElseThrow()
                .text();
    }
}
