package dev.coatcheck.postgres;

import dev.coatcheck.contracts.channels.ChannelFaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Those who listen, while PostgreSQL or the way to it is in trouble. */
class PostgresChannelFaultsTest extends ChannelFaultsContract {
    @TempDir
    static Path folder;

    @RegisterExtension
    static final OwnPostgres server = new OwnPostgres(() -> folder);

    private static int databases;

    @BeforeEach
    void nextDatabase() {
        databases++;
    }

    @Override
    protected ServerUnderTest server() {
        return server;
    }

    @Override
    protected Attached attach(Relay relay, Duration timeout) {
        var url = server.running().createDatabaseIfMissing("channels_" + databases);
        var postgres = Postgres.attach(
                relay.through(url),
                PostgresSettings.defaults().withConnectTimeout(timeout).withStatementTimeout(timeout));
        return new Attached() {
            @Override
            public Channels channels(ChannelSettings settings) {
                return postgres.channels(settings);
            }

            @Override
            public void close() {
                postgres.close();
            }
        };
    }
}
