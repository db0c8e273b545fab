package dev.coatcheck.postgres;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.uploads.UploadSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** All ports in every fault. */
class PostgresFaultsTest extends FaultsContract {
    @TempDir
    static Path folder;

    @RegisterExtension
    static final OwnPostgres server = new OwnPostgres(() -> folder);

    @Override
    protected ServerUnderTest server() {
        return server;
    }

    @Override
    protected AttachedPorts attach(Relay relay, Duration timeout) {
        var settings = PostgresSettings.defaults().withConnectTimeout(timeout).withStatementTimeout(timeout);
        var postgres = Postgres.attach(relay.through(server.running().url()), settings);
        return new AttachedPorts(postgres)
                .with(postgres.sessions(SessionSettings.defaults()))
                .with(postgres.cache(CacheSettings.named("far").withBeta(0)))
                .with(postgres.cache(CacheSettings.named("near").withBeta(0).withNear(NearSettings.defaults())))
                .with(postgres.blobs())
                .with(postgres.uploads(UploadSettings.defaults()))
                .with(postgres.jobs())
                .with(postgres::limits)
                .with(postgres.leases(LeaseSettings.heldBy("web.1")))
                .with(postgres.idempotency(IdempotencySettings.defaults()))
                .with(postgres.flags(FlagSettings.defaults()))
                .with(postgres.channels(ChannelSettings.defaults()));
    }
}
