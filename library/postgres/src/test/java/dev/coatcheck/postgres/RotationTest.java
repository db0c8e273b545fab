package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passwords that are changed by ALTER ROLE in the middle of a pool's life. */
class RotationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger ROLES = new AtomicInteger();

    private final String admins = SharedServers.freshPostgresUrl();
    private final Postgres admin = Postgres.attach(admins);
    private final String role = "rotates_" + ROLES.incrementAndGet();
    private final AtomicReference<String> url = new AtomicReference<>();
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void make() {
        admin.migrate();
        Databases.update(admin, "create role " + role + " login password 'old'");
        Databases.update(admin, "grant usage on schema coatcheck to " + role);
        Databases.update(admin, "grant all on all tables in schema coatcheck to " + role);
        Databases.update(admin, "grant all on all sequences in schema coatcheck to " + role);
        url.set(urlWith("old"));
    }

    @AfterEach
    void remove() {
        endConnections();
        Databases.update(admin, "drop owned by " + role);
        Databases.update(admin, "drop role " + role);
        admin.close();
    }

    private String urlWith(String password) {
        return admins.replaceFirst("//[^@]*@", "//" + role + ":" + password + "@");
    }

    private void change(String password) {
        Databases.update(admin, "alter role " + role + " password '" + password + "'");
    }

    private void endConnections() {
        Databases.query(
                admin, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '" + role + "'");
    }

    /** What the pool is given, and how often it has asked. */
    private String current() {
        asked.incrementAndGet();
        return url.get();
    }

    @Test
    void a_pool_grows_with_the_new_password_and_no_request_fails() throws Exception {
        var failures = new CopyOnWriteArrayList<Throwable>();
        var requests = new AtomicInteger();
        var stop = new AtomicBoolean();
        var settings = PostgresSettings.defaults().withConnectTimeout(PATIENCE);
        try (var postgres = Postgres.attach(this::current, settings);
                var first = postgres.dataSource().getConnection()) {
            // Besides the first one the pool makes one that is idle, before long; both are as old as the password.
            await().atMost(PATIENCE).until(() -> connections() == 2);
            try (var second = postgres.dataSource().getConnection()) {
                // In the order that hurts: the server has the new password before the process has.
                change("new");
                int before = asked.get();
                var visitors = Stream.generate(() -> Thread.startVirtualThread(() -> {
                            while (!stop.get()) {
                                try {
                                    postgres.ping();
                                    requests.incrementAndGet();
                                } catch (RuntimeException failed) {
                                    failures.add(failed);
                                }
                            }
                        }))
                        .limit(4)
                        .toList();
                await().atMost(PATIENCE).until(() -> asked.get() > before + 2); // refused, and looked for another
                assertThat(requests).as("before there is a connection for them").hasValue(0);
                url.set(urlWith("new"));

                await().atMost(PATIENCE).until(() -> requests.get() > 100);
                for (var old : List.of(first, second)) {
                    try (var statement = old.createStatement()) {
                        assertThat(statement.execute("select 1"))
                                .as("the old ones live on")
                                .isTrue();
                    }
                }
                stop.set(true);
                for (var visitor : visitors) {
                    assertThat(visitor.join(PATIENCE)).isTrue();
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    private int connections() {
        return Integer.parseInt(
                Databases.query(admin, "select count(*) from pg_stat_activity where usename = '" + role + "'")
                        .get(0));
    }

    @Test
    void a_password_that_comes_three_seconds_late_fails_nobody_who_waits_for_longer() {
        change("new");
        long begun = System.nanoTime();
        Supplier<String> late =
                () -> urlWith(System.nanoTime() - begun > Duration.ofSeconds(3).toNanos() ? "new" : "old");
        try (var postgres =
                Postgres.attach(late, PostgresSettings.defaults().withConnectTimeout(Duration.ofSeconds(30)))) {
            postgres.ping();
        }
    }

    @Test
    void connections_that_the_server_ends_come_back_with_the_new_password_and_so_does_who_listens() throws Exception {
        try (var postgres = Postgres.attach(this::current)) {
            postgres.ping();
            postgres.jobs().awaitWork(Set.of("mail"), Duration.ofMillis(1));
            await().atMost(PATIENCE).until(() -> listening() == 1);

            change("new");
            url.set(urlWith("new"));
            endConnections();

            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres::ping);
            await().atMost(PATIENCE).until(() -> listening() == 1);
        }
    }

    private int listening() {
        return Integer.parseInt(Databases.query(
                        admin,
                        "select count(*) from pg_stat_activity where query like 'listen%' and usename = '" + role + "'")
                .get(0));
    }

    @Test
    void a_url_that_is_of_no_use_later_changes_nothing_and_is_told_of_once_without_what_it_is() {
        var told = new CopyOnWriteArrayList<String>();
        var logger = Logger.getLogger(CurrentLogin.class.getName());
        logger.setFilter(warning -> told.add(new SimpleFormatter().formatMessage(warning)));
        try {
            for (var wrong : List.of("hunter2", urlWith("hunter2").replace("127.0.0.1", "192.0.2.1"))) {
                url.set(urlWith("old"));
                told.clear();
                try (var postgres = Postgres.attach(this::current)) {
                    postgres.ping();
                    url.set(wrong);
                    for (int i = 0; i < 2; i++) {
                        endConnections();
                        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres::ping);
                    }
                }
                assertThat(told)
                        .singleElement(STRING)
                        .contains("stays what it was")
                        .doesNotContain("hunter2");
            }
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void one_that_is_of_no_use_at_first_is_refused_without_any_of_it() {
        assertThatThrownBy(() -> Postgres.attach(() -> "hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_password_that_stays_wrong_is_told_by_the_server_s_own_words() {
        change("new");
        var settings = PostgresSettings.defaults().withConnectTimeout(Duration.ofSeconds(5));
        try (var postgres = Postgres.attach(this::current, settings)) {
            assertThatThrownBy(postgres::ping)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("password authentication failed for user");
        }
    }
}
