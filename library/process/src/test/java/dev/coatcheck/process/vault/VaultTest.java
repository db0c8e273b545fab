package dev.coatcheck.process.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.config.ConfigException;
import dev.coatcheck.process.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class VaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String REFERENCE = "vault:secret/data/gallery#database-url";

    record Attached(Secret databaseUrl) {}

    record Several(Secret databaseUrl, Secret redisUrl, Optional<Secret> mailPassword, List<Secret> keys) {}

    @TempDir
    Path folder;

    private VaultStandIn vault;

    @BeforeEach
    void start() throws IOException {
        vault = VaultStandIn.start();
        vault.put(
                "gallery",
                Map.of("database-url", "postgresql://old", "redis-url", "redis://r", "keys", "a,b", "count", 3));
    }

    @AfterEach
    void end() {
        vault.close();
    }

    private Map<String, String> with(String... variables) {
        var environment = new HashMap<>(
                Map.of("VAULT_ADDR", vault.address(), "VAULT_TOKEN", VaultStandIn.TOKEN, "DATABASE_URL", REFERENCE));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return environment;
    }

    private static Secret attached(Map<String, String> environment) {
        return Config.from(environment).as(Attached.class).databaseUrl();
    }

    private static String problems(Map<String, String> environment) {
        return catchThrowableOfType(ConfigException.class, () -> attached(environment))
                .toString();
    }

    @Test
    void a_field_is_read_and_followed() {
        var url = attached(with());
        assertThat(url.reveal()).isEqualTo("postgresql://old");

        vault.put("gallery", Map.of("database-url", "postgresql://new"));

        await().atMost(PATIENCE).until(() -> url.revealLatest().equals("postgresql://new"));
        assertThat(url.reveal()).isEqualTo("postgresql://new");
    }

    @Test
    void fields_of_one_secret_cost_one_request() {
        var config = Config.from(with(
                        "REDIS_URL", "vault:secret/data/gallery#redis-url",
                        "MAIL_PASSWORD", "vault:secret/data/gallery#count",
                        "KEYS", "vault:secret/data/gallery#keys"))
                .as(Several.class);

        assertThat(config.redisUrl().reveal()).isEqualTo("redis://r");
        assertThat(config.mailPassword().map(Secret::reveal)).contains("3");
        assertThat(config.keys()).containsExactly(Secret.of("a"), Secret.of("b"));
        assertThat(vault.requests()).containsExactly("GET /v1/secret/data/gallery");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 | does not let this process read (403)
            404 | does not have, or has no more (404)
            429 | does not show for now, with too much to do (429)
            503 | does not show, since it is sealed or under maintenance (503)
            500 | did not show (status 500)
            200 | does not keep as a secret of a key-value engine of version 2
            """)
    void what_is_refused_is_a_problem_that_says_how(int status, String how) {
        vault.status = status;
        assertThat(problems(with()))
                .contains("DATABASE_URL refers to " + REFERENCE + ", which Vault at " + vault.address() + " " + how)
                .doesNotContain(VaultStandIn.TOKEN);
    }

    @Test
    void all_problems_are_told_at_once_with_what_to_do() {
        var environment = with("REDIS_URL", "vault:secret/data/gallery#redis_url", "KEYS", "vault:secret/gallery#keys");
        environment.put("MAIL_PASSWORD", "vault:hunter2");
        var told = catchThrowableOfType(
                        ConfigException.class, () -> Config.from(environment).as(Several.class))
                .toString();

        assertThat(told)
                .contains("The environment has 3 problems for Several")
                .contains("REDIS_URL refers to vault:secret/data/gallery#redis_url, which has no field \"redis_url\"")
                .containsPattern("It has: .*redis-url")
                .contains("KEYS refers to vault:secret/gallery#keys, which is not the path of a key-value engine")
                .contains("goes on with data/, as in secret/data/gallery")
                .contains("MAIL_PASSWORD begins with vault: and does not go on as a reference")
                .contains("A value that begins so by chance is written literal:vault:…")
                .doesNotContain("hunter2", "postgresql://old", "redis://r");
        assertThat(vault.requests())
                .as("what may be dynamic is not even asked for")
                .containsOnly("GET /v1/secret/data/gallery");
    }

    @Test
    void a_value_that_begins_so_by_chance_is_escaped() {
        assertThat(attached(with("DATABASE_URL", "literal:" + REFERENCE)).reveal())
                .isEqualTo(REFERENCE);
        assertThat(attached(with("DATABASE_URL", "literal:literal:x")).reveal()).isEqualTo("literal:x");
        assertThat(vault.requests()).isEmpty();
    }

    @Test
    void an_answer_that_is_huge_or_no_json_is_a_problem() {
        vault.body = new byte[VaultServer.LIMIT + 1];
        assertThat(problems(with())).contains("answers with more than 1024 KiB");
        vault.body = "<html>hunter2</html>".getBytes(StandardCharsets.UTF_8);
        assertThat(problems(with())).contains("does not keep as a secret").doesNotContain("hunter2");
        vault.body = "{\"data\":{\"data\":null}}".getBytes(StandardCharsets.UTF_8);
        assertThat(problems(with())).contains("does not keep as a secret");
    }

    @Test
    void several_are_asked_for_at_once() {
        vault.put("b", Map.of("url", "redis://b"));
        vault.put("c", Map.of("url", "c,d"));
        vault.together = new CountDownLatch(3);
        var config = Config.from(with("REDIS_URL", "vault:secret/data/b#url", "KEYS", "vault:secret/data/c#url"))
                .as(Several.class);

        assertThat(config.redisUrl().reveal()).isEqualTo("redis://b");
    }

    @Test
    void a_vault_that_hangs_is_a_problem() {
        vault.hangs = true;
        assertThat(problems(with())).containsPattern("gives no answer|gave no answer");
    }

    @Test
    void a_standby_sends_to_the_active_server_who_reads_and_who_logs_in() throws IOException {
        try (var standby = VaultStandIn.start()) {
            standby.active = vault.address();
            var environment = with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "s3cret");
            environment.put("VAULT_ADDR", standby.address());

            assertThat(attached(environment).reveal()).isEqualTo("postgresql://old");
            assertThat(standby.requests()).isEqualTo(vault.requests());
        }
    }

    @Test
    void a_vault_that_is_not_there_or_not_named_is_a_problem() {
        var gone = vault.address();
        vault.close();
        assertThat(problems(with())).contains("Vault at " + gone + " gives no answer (ConnectException)");
        assertThat(problems(Map.of("DATABASE_URL", REFERENCE, "VAULT_TOKEN", "x")))
                .contains("which needs VAULT_ADDR, which is not set", "such as https://vault:8200");
        for (var none : List.of("https://me:hunter2@vault", "http://vault_hunter2:8200", "http://hunter2:99999")) {
            assertThat(problems(with("VAULT_ADDR", none)))
                    .contains("which is not the address of a Vault", "letters, digits, - and dots, and no _")
                    .doesNotContain("hunter2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret/data/../../sys/gallery#x", "secret/data/.#x", "../secret/data/gallery#x"})
    void a_path_that_leads_out_of_its_engine_is_no_reference(String path) {
        assertThat(problems(with("DATABASE_URL", "vault:" + path)))
                .contains("begins with vault: and does not go on as a reference");
        assertThat(vault.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../sys", "approle/", "auth?x", "a#b"})
    void a_mount_that_is_no_path_is_a_problem(String mount) {
        var environment = with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "s3cret");
        environment.put("VAULT_APPROLE_MOUNT", mount);
        assertThat(problems(environment)).contains("needs VAULT_APPROLE_MOUNT, which is no path of Vault");
        assertThat(vault.requests()).isEmpty();
    }

    @Test
    void a_vault_that_goes_later_leaves_what_was_read() {
        String address;
        var told = new ListAppender<ILoggingEvent>();
        told.start();
        var logger = (Logger) LoggerFactory.getLogger(Config.class.getPackageName());
        logger.addAppender(told);
        try {
            var url = attached(with());
            address = vault.address();
            vault.close();
            await().atMost(PATIENCE).until(() -> {
                assertThat(url.revealLatest()).isEqualTo("postgresql://old");
                return !told.list.isEmpty();
            });
        } finally {
            logger.detachAppender(told);
        }
        assertThat(told.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Cannot read vault:secret/data/gallery again, and what was last read stays: cannot be asked"
                                + " for: Vault at " + address + " gives no answer (ConnectException)");
    }

    @Test
    void what_is_put_in_place_of_a_path_is_not_shown() {
        assertThat(problems(with("VAULT_TOKEN", "", "VAULT_TOKEN_FILE", "hvs.hunter2")))
                .contains("needs VAULT_TOKEN; VAULT_TOKEN_FILE names a path (not shown")
                .doesNotContain("hunter2");
    }

    @Test
    void the_token_may_lie_in_a_file_or_a_credential_that_changes() throws IOException {
        var file = Files.writeString(folder.resolve("VAULT_TOKEN"), VaultStandIn.TOKEN + "\n");
        var environment = with("VAULT_TOKEN", "", "VAULT_TOKEN_FILE", file.toString());
        var url = attached(environment);
        assertThat(attached(with("VAULT_TOKEN", "", "CREDENTIALS_DIRECTORY", folder.toString())))
                .isEqualTo(url);

        assertThat(problems(with("CREDENTIALS_DIRECTORY", folder.toString())))
                .contains("needs VAULT_TOKEN; VAULT_TOKEN and the credential " + file + " are both set");

        vault.put("gallery", Map.of("database-url", "postgresql://new"));
        vault.revoke(VaultStandIn.TOKEN);
        assertThat(problems(environment)).contains("(403)").doesNotContain(VaultStandIn.TOKEN);
        vault.accept("hvs.next");
        Files.writeString(file, "hvs.next\n");
        await().atMost(PATIENCE).until(() -> url.revealLatest().equals("postgresql://new"));
    }

    @Test
    void vault_is_trusted_by_the_authorities_that_a_file_names() throws Exception {
        var keys = folder.resolve("keys.p12");
        var certificate = folder.resolve("vault.pem");
        keytool("-genkeypair -keyalg EC -dname CN=localhost -ext SAN=dns:localhost -validity 2", keys);
        keytool("-exportcert -rfc -file " + certificate, keys);
        var manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        manager.init(KeyStore.getInstance(keys.toFile(), "changeit".toCharArray()), "changeit".toCharArray());
        var tls = SSLContext.getInstance("TLS");
        tls.init(manager.getKeyManagers(), null, null);
        vault.close();
        vault = VaultStandIn.start(tls);
        vault.put("gallery", Map.of("database-url", "over tls"));

        assertThat(problems(with())).as("nobody vouches for it").contains("gives no answer (SSLHandshakeException)");
        assertThat(attached(with("VAULT_CACERT", certificate.toString())).reveal())
                .isEqualTo("over tls");
        assertThat(problems(with("VAULT_CACERT", keys.toString()))).contains("VAULT_CACERT, whose certificates");
        assertThat(problems(with("VAULT_CACERT", "/nowhere"))).contains("(NoSuchFileException)");
    }

    private static void keytool(String arguments, Path keys) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-alias", "vault", "-keystore", keys.toString(), "-storepass", "changeit"));
        var keytool = new ProcessBuilder(command).inheritIO().start();
        try {
            assertThat(keytool.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(keytool.exitValue()).isZero();
        } finally {
            keytool.destroyForcibly();
        }
    }

    @Test
    void a_namespace_is_asked_in() {
        vault.namespace = "team-a";
        assertThat(problems(with())).contains("(403)");
        assertThat(attached(with("VAULT_NAMESPACE", "team-a")).reveal()).isEqualTo("postgresql://old");
    }

    @Test
    void a_pod_logs_in_by_its_service_account_once() throws IOException {
        var jwt = Files.writeString(folder.resolve("jwt"), "ey.jwt");
        var url = attached(with(
                "VAULT_TOKEN", "", "VAULT_KUBERNETES_ROLE", "gallery", "VAULT_KUBERNETES_JWT_FILE", jwt.toString()));
        vault.put("gallery", Map.of("database-url", "postgresql://new"));
        await().atMost(PATIENCE).until(() -> url.revealLatest().equals("postgresql://new"));
        assertThat(vault.requests())
                .startsWith("POST /v1/auth/kubernetes/login", "GET /v1/secret/data/gallery")
                .areExactly(1, new Condition<>(request -> request.startsWith("POST"), "a login"));
    }

    @Test
    void a_secret_id_that_is_good_once_is_enough_for_many_paths() {
        vault.singleUse = true;
        vault.put("b", Map.of("url", "redis://b"));
        vault.put("c", Map.of("url", "c,d"));
        var environment = with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "s3cret");
        environment.put("REDIS_URL", "vault:secret/data/b#url");
        environment.put("KEYS", "vault:secret/data/c#url");

        assertThat(Config.from(environment).as(Several.class).redisUrl().reveal())
                .isEqualTo("redis://b");
        assertThat(vault.logins()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | refuses (400)
            403 | refuses (403)
            404 | does not know (404)
            429 | does not answer for now, with too much to do (429)
            503 | does not answer, since it is sealed or under maintenance (503)
            502 | did not answer with a token (status 502)
            """)
    void a_login_that_fails_is_a_problem_that_says_how(int status, String how) {
        vault.loginStatus = status;
        assertThat(problems(with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "s3cret")))
                .contains(
                        "needs a log-in by the AppRole in VAULT_ROLE_ID, which Vault at " + vault.address() + " " + how)
                .doesNotContain("hunter2", "s3cret");
    }

    @Test
    void a_login_that_is_refused_or_not_whole_is_a_problem_without_its_proof() {
        assertThat(problems(with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "hunter2")))
                .contains("needs a log-in by the AppRole in VAULT_ROLE_ID, which Vault at " + vault.address()
                        + " refuses (400)")
                .doesNotContain("hunter2");
        assertThat(problems(with("VAULT_TOKEN", "", "VAULT_ROLE_ID", "id-1"))).contains("needs VAULT_SECRET_ID");
        assertThat(problems(with("VAULT_TOKEN", ""))).contains("needs one log-in to Vault, and there is none");
        assertThat(problems(with("VAULT_ROLE_ID", "id-1"))).contains("more than one");
        assertThat(problems(with("VAULT_TOKEN", "", "VAULT_KUBERNETES_ROLE", "gallery")))
                .contains("/var/run/secrets/kubernetes.io/serviceaccount/token");
    }

    @Test
    void what_a_header_cannot_have_is_a_problem_of_its_variable() {
        for (var name : List.of("VAULT_TOKEN", "VAULT_NAMESPACE")) {
            assertThat(problems(with(name, "a\u0001hunter2")))
                    .contains("needs " + name + ", which has characters that a header cannot have")
                    .doesNotContain("hunter2");
        }
    }
}
