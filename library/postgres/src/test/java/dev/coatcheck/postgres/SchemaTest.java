package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Schema.Migration;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaTest {
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
        var user = "user_" + databases.url().replaceAll(".*_", "");
        update(owner, "create role %s login password 'secret'".formatted(user));
        var url = databases.url().replaceFirst("//[^@]*@", "//" + user + ":secret@");
        try (var ordinary = Postgres.attach(url)) {
            assertThatThrownBy(ordinary::migrate)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("migrate the schema \"coatcheck\"")
                    .hasMessageContaining("permission denied")
                    .hasMessageNotContaining("secret");

            update(owner, "create schema coatcheck authorization " + user);
            ordinary.migrate();
            ordinary.jobs().enqueue(NewJob.of("mail", ""));
            assertThat(query(ordinary, "select rolsuper from pg_roles where rolname = current_user"))
                    .containsExactly("f");
        }
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
