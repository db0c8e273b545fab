package dev.coatcheck.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.config.Secret;
import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import dev.coatcheck.redis.Redis;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of {@code docs/secrets.md}, while a password rotates. */
class SecretsGuideTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ADMINS = SharedServers.postgres().createDatabaseIfMissing("gallery");

    @TempDir
    Path folder;

    private final Postgres admin = Postgres.attach(ADMINS);

    record GalleryConfig(Secret databaseUrl, Secret redisUrl, Optional<Secret> mailPassword) {}

    record Split(Secret databasePassword, String databaseHost) {}

    record Paired(Secret databaseLogin, String databaseHost) {}

    @BeforeEach
    void make() throws SQLException {
        update("create role gallery login password 'first'");
    }

    @AfterEach
    void remove() throws SQLException {
        update("drop role gallery");
        admin.close();
    }

    private void update(String sql) throws SQLException {
        try (var connection = admin.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The server has another password, and nobody is logged in with the one before. */
    private void rotate(String password) throws SQLException {
        update("alter role gallery password '" + password + "'");
        update("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'gallery'");
    }

    /** By a rename, so that nobody reads half of it. */
    private static void replace(Path file, String text) throws IOException {
        var next = Files.writeString(file.resolveSibling("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String with(String password) {
        return ADMINS.replaceFirst("//[^@]*@", "//gallery:" + password + "@");
    }

    private static String host() {
        return ADMINS.replaceFirst(".*@", "").replaceFirst("/.*", "");
    }

    @Test
    void attached_resources_follow_a_file() throws Exception {
        var file = Files.writeString(folder.resolve("database-url"), with("first") + "\n");
        var environment = Map.of("DATABASE_URL_FILE", file.toString(), "REDIS_URL", SharedServers.freshRedisUrl());

        var config = Config.from(environment).as(GalleryConfig.class); // of System.getenv(), before anything listens
        var postgres = Postgres.attach(config.databaseUrl()::revealLatest);
        var redis = Redis.attach(config.redisUrl()::revealLatest);

        try (postgres;
                redis) {
            postgres.ping();
            redis.ping();
            replace(file, with("second") + "\n");
            rotate("second");
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres::ping);
        }
        assertThat(config.toString())
                .isEqualTo("GalleryConfig[databaseUrl=***, redisUrl=***, mailPassword=Optional.empty]");
    }

    static String url(Split config) {
        var password = encoded(config.databasePassword().revealLatest());
        return "postgresql://gallery:" + password + "@" + config.databaseHost() + "/gallery";
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    @Test
    void a_password_alone_follows_a_credential_of_systemd() throws Exception {
        var file = Files.writeString(folder.resolve("DATABASE_PASSWORD"), "first");
        var config = Config.from(Map.of("CREDENTIALS_DIRECTORY", folder.toString(), "DATABASE_HOST", host()))
                .as(Split.class);
        var postgres = Postgres.attach(() -> url(config));
        try (postgres) {
            postgres.ping();
            replace(file, "a b/c+%@:?");
            rotate("a b/c+%@:?");
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres::ping);
        }
    }

    static String url(Paired config) {
        var login = config.databaseLogin().latestFields(); // of one reading, so that they fit
        var user = encoded(login.get("username").reveal());
        var password = encoded(login.get("password").reveal());
        return "postgresql://" + user + ":" + password + "@" + config.databaseHost() + "/gallery";
    }

    @Test
    void two_users_that_take_turns_come_from_one_secret() throws Exception {
        update("create role \"gallery too\" login password 'sec@nd'");
        var file = folder.resolve("database-login");
        replace(file, "{\"username\": \"gallery\", \"password\": \"first\"}");
        var config = Config.from(Map.of("DATABASE_LOGIN_FILE", file.toString(), "DATABASE_HOST", host()))
                .as(Paired.class);
        var postgres = Postgres.attach(() -> url(config));
        try (postgres) {
            assertThat(user(postgres)).isEqualTo("gallery");
            replace(file, "{\"username\": \"gallery too\", \"password\": \"sec@nd\"}");
            rotate("third");
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> user(postgres).equals("gallery too"));
        } finally {
            update("drop role \"gallery too\"");
        }
    }

    private static String user(Postgres postgres) throws SQLException {
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement();
                var found = statement.executeQuery("select current_user")) {
            found.next();
            return found.getString(1);
        }
    }

    /** Secrets in JSON files of one folder. */
    public static final class AtticSource implements SecretSource {
        @Override
        public String name() {
            return "attic";
        }

        @Override
        public String example() {
            return "gallery#url";
        }

        @Override
        public boolean isReference(String text) {
            return text.matches("[a-z]+#[a-z]+");
        }

        @Override
        public Reader reader(Variables variables) {
            return secret -> {
                var attic =
                        variables.get("ATTIC").orElseThrow(() -> new SecretException("needs ATTIC, which is not set"));
                return read(Path.of(attic, secret + ".json"));
            };
        }
    }

    private static String read(Path file) throws SecretException {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new SecretException("is not in the attic");
        }
    }

    @Test
    void a_source_of_one_s_own_is_found_by_its_name() throws Exception {
        var file = Files.writeString(folder.resolve("gallery.json"), "{\"url\": \"first\"}");
        var secret = Config.from(Map.of(
                        "ATTIC", folder.toString(), "DATABASE_PASSWORD", "attic:gallery#url", "DATABASE_HOST", "db"))
                .as(Split.class)
                .databasePassword();
        assertThat(secret.reveal()).isEqualTo("first");
        replace(file, "{\"url\": \"second\"}");
        await().atMost(PATIENCE).until(() -> secret.revealLatest().equals("second"));
    }
}
