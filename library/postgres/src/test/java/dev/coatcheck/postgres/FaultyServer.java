package dev.coatcheck.postgres;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server of a test class's own, to be killed and started again on the same TCP port, and behind a relay that can be cut
 * or fall silent. Each test has an empty database on it, attached with short time-outs.
 */
final class FaultyServer implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    static final PostgresSettings SETTINGS = PostgresSettings.defaults()
            .withConnectTimeout(Duration.ofSeconds(1))
            .withStatementTimeout(Duration.ofSeconds(1));
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Supplier<Path> folder;
    private @Nullable PostgresServer started;
    private @Nullable Reached reached;
    private int databases;

    private record Reached(Relay relay, Postgres postgres) {}

    /** @param folder an empty one, asked for when the class begins */
    FaultyServer(Supplier<Path> folder) {
        this.folder = folder;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        started = PostgresServer.start(ServerSettings.at(folder.get()).withDurability(Durability.PROCESS_LOSS));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        server().start();
        databases++;
        var relay = Relay.to(server().tcpPort());
        var postgres = Postgres.attach(relay.through(server().createDatabaseIfMissing(database())), SETTINGS);
        reached = new Reached(relay, postgres);
        // The time-out is for the trouble that comes, not for a machine that is busy before.
        await().pollDelay(Duration.ZERO).atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres::migrate);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        postgres().close();
        relay().close();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server().close();
    }

    void kill() {
        server().kill();
    }

    /** Starts it again, and waits until the test's resource reaches it. */
    void start() {
        server().start();
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(postgres()::ping);
    }

    /** The test's own, by way of the relay. */
    Postgres postgres() {
        return requireNonNull(reached).postgres();
    }

    Relay relay() {
        return requireNonNull(reached).relay();
    }

    /** The test's own database. */
    String database() {
        return "faults_" + databases;
    }

    /** The test's own database, without the relay. */
    String directUrl() {
        return server().databaseUrl(database());
    }

    /** Another database, without the relay. */
    String url() {
        return server().url();
    }

    /** Waits until the test's resource listens on a channel. */
    void awaitListener(String channel) {
        var listeners = "select count(*) from pg_stat_activity where datname = current_database() and query = 'listen "
                + channel + "'";
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> Databases.query(postgres(), listeners).equals(List.of("1")));
    }

    private PostgresServer server() {
        return requireNonNull(started);
    }
}
