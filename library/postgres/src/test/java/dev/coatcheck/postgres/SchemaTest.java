package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Schema.Migration;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    final Databases databases = new Databases();

    @Test
    void many_processes_that_start_at_once_make_the_schema_once() {
        databases.fresh();
        var processes = new ArrayList<Postgres>();
        for (int i = 0; i < 6; i++) {
            processes.add(databases.attach(PostgresSettings.defaults().withPoolSize(2)));
        }

        Together.run(processes.size(), i -> processes.get(i).jobs().enqueue(NewJob.of("mail", "" + i)));

        assertThat(databases.query("select version from coatcheck.migrations order by version"))
                .containsExactlyElementsOf(Schema.MIGRATIONS.stream()
                        .map(migration -> "" + migration.version())
                        .toList());
        assertThat(databases.query("select count(*) from coatcheck.jobs")).containsExactly("6");
    }

    @Test
    void versions_only_rise_and_each_is_that_of_its_file() {
        assertThat(Schema.MIGRATIONS)
                .extracting(Migration::version)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(Schema.MIGRATIONS)
                .allSatisfy(
                        migration -> assertThat(migration.file()).startsWith("%03d-".formatted(migration.version())));
    }

    @Test
    void migrating_again_changes_nothing() {
        var postgres = databases.fresh();
        postgres.migrate();
        var applied = query(postgres, "select applied_at from coatcheck.migrations order by version");

        postgres.migrate();
        databases.attach(PostgresSettings.defaults()).migrate();

        assertThat(query(postgres, "select applied_at from coatcheck.migrations order by version"))
                .isEqualTo(applied);
    }

    @Test
    void who_may_create_in_the_database_needs_no_more_and_who_may_not_is_told() {
        var owner = databases.fresh();
        var user = role(owner, "user");
        try (var ordinary = Postgres.attach(urlOf(user))) {
            assertThatThrownBy(ordinary::migrate)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("migrate the schema \"coatcheck\"")
                    .hasMessageContaining("permission denied")
                    .hasMessageNotContaining("secret");

            update(owner, "create schema coatcheck");
            update(owner, "grant usage on schema coatcheck to " + user);
            assertThatThrownBy(ordinary::migrate)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("the role \"" + user + "\" may not make the table coatcheck.migrations")
                    .hasMessageContaining("Grant it the right to create in the schema");

            update(owner, "alter schema coatcheck owner to " + user);
            ordinary.migrate();
            ordinary.jobs().enqueue(NewJob.of("mail", ""));
            assertThat(query(ordinary, "select rolsuper from pg_roles where rolname = current_user"))
                    .containsExactly("f");
        }
    }

    @Test
    void a_database_of_version_8_is_upgraded_with_what_it_holds() throws SQLException {
        var postgres = databases.fresh();
        migrateTo(8, postgres);
        // As processes of that version did: one entry is kept, another is being loaded.
        query(postgres, "select coatcheck.read_cache_v1('albums', '1', '{user:7}', 'first', 60000000, 0, false)");
        query(postgres, "select coatcheck.write_cache_v1('albums', '1', 'first', 'kept', 300000, 0, 5, 'm')");
        query(postgres, "select coatcheck.read_cache_v1('albums', '2', '{user:7}', 'second', 60000000, 0, false)");
        query(postgres, "select coatcheck.enqueue_job_v1(gen_random_uuid(), 'mail', '', 0, 0, null, 3, 1000, 1000)");
        assertThat(query(postgres, "select max(version) from coatcheck.migrations"))
                .containsExactly("8");

        postgres.migrate();

        assertThat(query(postgres, "select max(version) from coatcheck.migrations"))
                .containsExactly("" + Schema.MIGRATIONS.getLast().version());
        assertThat(postgres.jobs().depths()).containsKey("mail");
        Function<String, Set<String>> tags = key -> Set.of("user:7");
        try (var cache = postgres.cache(CacheSettings.named("albums").withBeta(0))) {
            assertThat(cache.getAll(List.of("1", "3"), tags, TTL, keys -> Map.of("3", "loaded")))
                    .isEqualTo(Map.of(
                            "1", new Hit(Optional.of("kept")),
                            "3", new Loaded(Optional.of("loaded"), true)));
            assertThat(query(
                            postgres,
                            "select coatcheck.write_cache_v1('albums', '2', 'second', 'kept', 300000, 0, 5, 'm')"))
                    .as("by a process that goes on meanwhile")
                    .containsExactly("t");
            assertThat(cache.getAll(List.of("1", "2", "3"), tags, TTL, keys -> Map.of())
                            .values())
                    .hasOnlyElementsOfType(Hit.class);
            cache.invalidateTag("user:7");
            assertThat(cache.getAll(List.of("1", "2", "3"), tags, TTL, keys -> Map.of())
                            .values())
                    .containsOnly(new Loaded(Optional.empty(), true));
        }
    }

    @Test
    void a_function_is_replaced_by_the_role_that_made_it_and_any_other_is_told_which_that_is() throws SQLException {
        var superuser = databases.fresh();
        var maker = role(superuser, "maker");
        var other = role(superuser, "other");
        update(superuser, "create schema coatcheck authorization " + maker);
        update(superuser, "alter default privileges for role %s grant all on tables to %s".formatted(maker, other));
        update(superuser, "grant all on schema coatcheck to " + other);
        try (var first = Postgres.attach(urlOf(maker));
                var second = Postgres.attach(urlOf(other))) {
            migrateTo(8, first);

            assertThatThrownBy(second::migrate)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("the role \"" + other + "\" may not apply 009-cache-in-bulk.sql")
                    .hasMessageContaining("function make_cache_versions_v1")
                    .hasMessageContaining("belong to " + maker)
                    .hasMessageNotContaining("secret");
            assertThat(query(second, "select max(version) from coatcheck.migrations"))
                    .containsExactly("8");

            update(superuser, "grant %s to %s".formatted(maker, other));
            second.migrate();
            first.migrate();
            assertThat(query(
                            superuser,
                            "select distinct pg_get_userbyid(proowner) from pg_proc"
                                    + " where pronamespace = 'coatcheck'::regnamespace"))
                    .as("what a member makes belongs to the same role")
                    .containsExactly(maker);
        }
    }

    private static void migrateTo(int version, Postgres postgres) throws SQLException {
        try (var connection = postgres.dataSource().getConnection()) {
            new Schema(Schema.MIGRATIONS.subList(0, version)).migrate(connection);
        }
    }

    /** Makes a role that is nobody else's, since all databases of a server share them. */
    private String role(Postgres superuser, String name) {
        var role = name + "_" + databases.url().replaceAll(".*_", "");
        update(superuser, "create role %s login password 'secret'".formatted(role));
        return role;
    }

    private String urlOf(String role) {
        return databases.url().replaceFirst("//[^@]*@", "//" + role + ":secret@");
    }

    @Test
    void a_process_works_on_a_newer_schema_that_names_it_and_refuses_one_that_does_not() {
        var newer = databases.fresh();
        newer.migrate();
        update(
                newer,
                "insert into coatcheck.migrations (version, file, readable_from) values (1006, '1006-next.sql', 2)");
        databases.attach(PostgresSettings.defaults()).jobs().enqueue(NewJob.of("mail", ""));

        update(
                newer,
                "insert into coatcheck.migrations (version, file, readable_from) values (1007, '1007-far.sql', 1007)");
        var older = databases.attach(PostgresSettings.defaults());
        assertThatThrownBy(() -> older.jobs().depths())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 1007")
                .hasMessageContaining("release a newer one");
    }

    @Test
    void a_migration_that_fails_leaves_nothing_behind() throws SQLException {
        var postgres = databases.fresh();
        var broken = new Schema(List.of(new Migration(1, "001-sessions.sql", 1), new Migration(2, "broken.sql", 1)));
        try (var connection = postgres.dataSource().getConnection()) {
            assertThatThrownBy(() -> broken.migrate(connection))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no_such_table");
        }
        try (var connection = postgres.dataSource().getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(broken.isKnown()).isFalse();
        assertThat(query(postgres, "select to_regnamespace('coatcheck')")).containsExactly("null");

        postgres.migrate();
    }

    @Test
    void a_migration_that_waits_for_a_long_transaction_holds_up_no_process_of_the_old_release() throws Exception {
        var postgres = databases.fresh();
        migrateTo(9, postgres);
        try (var reader = postgres.dataSource().getConnection();
                var old = postgres.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select from coatcheck.jobs");
            var migration = new FutureTask<Boolean>(() -> {
                postgres.migrate();
                return true;
            });
            Thread.ofPlatform().daemon().name("migration").start(migration);
            await().atMost(PATIENCE)
                    .until(
                            () -> query(postgres, "select count(*) from pg_locks where not granted"),
                            List.of("1")::equals);

            try (var claim = old.createStatement()) {
                claim.setQueryTimeout(10);
                claim.execute("select * from coatcheck.claim_jobs_v1('{mail}', 1, 1000000)");
            }

            assertThat(migration).isNotDone();
            reader.commit();
            assertThat(migration).succeedsWithin(PATIENCE);
        }
        assertThat(postgres.jobs().depths()).isEmpty();
    }

    @Test
    void a_migration_for_which_there_is_no_end_to_wait_for_says_who_is_in_its_way() throws SQLException {
        var postgres = databases.fresh();
        migrateTo(9, postgres);
        try (var reader = postgres.dataSource().getConnection();
                var migrating = postgres.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select from coatcheck.jobs");

            assertThatThrownBy(() -> new Schema(Schema.MIGRATIONS, 1).migrate(migrating))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("another transaction held a table")
                    .hasMessageContaining("pg_stat_activity");

            reader.rollback();
        }
        postgres.migrate();
    }

    @Test
    void a_database_that_cannot_hold_every_text_is_refused() {
        var postgres = databases.fresh();
        var name = "ascii_" + databases.url().replaceAll(".*_", "");
        update(
                postgres,
                "create database %s encoding 'SQL_ASCII' template template0 locale_provider libc locale 'C'"
                        .formatted(name));
        try (var ascii = Postgres.attach(SharedServers.postgres().databaseUrl(name))) {
            assertThatThrownBy(ascii::migrate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("SQL_ASCII")
                    .hasMessageContaining("ENCODING 'UTF8'");
        }
    }
}
