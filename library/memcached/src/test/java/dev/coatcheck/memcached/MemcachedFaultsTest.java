package dev.coatcheck.memcached;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Both ports in every fault. The server is never full: it drops what was not used for long. */
class MemcachedFaultsTest extends FaultsContract {
    @TempDir
    static Path folder;

    private static MemcachedServer server;

    @BeforeAll
    static void startServer() {
        TestMemcached.requireServer();
        server = MemcachedServer.start(ServerSettings.at(folder));
    }

    @AfterAll
    static void endServer() {
        if (server != null) {
            server.kill();
            server.close();
        }
    }

    @Override
    protected ServerUnderTest server() {
        return new ServerUnderTest() {
            @Override
            public int tcpPort() {
                return server.tcpPort();
            }

            @Override
            public void kill() {
                server.kill();
            }

            @Override
            public void start() {
                server.start();
            }
        };
    }

    @Override
    protected AttachedPorts attach(Relay relay, Duration timeout) {
        var memcached = Memcached.attach(
                relay.through(server.url()), MemcachedSettings.defaults().withTimeout(timeout));
        return new AttachedPorts(memcached)
                .with(memcached.sessions(SessionSettings.defaults()))
                .with(memcached.cache(CacheSettings.named("albums").withBeta(0)));
    }
}
