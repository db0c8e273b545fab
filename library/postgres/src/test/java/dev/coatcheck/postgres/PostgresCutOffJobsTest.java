package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.jobs.CutOffJobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.host.network.CuttableNetwork;
import dev.coatcheck.state.jobs.Jobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCutOffJobsTest extends CutOffJobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    private @Nullable CuttableNetwork network;

    @BeforeEach
    void openNetwork() throws IOException {
        var obstacle = CuttableNetwork.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        network = CuttableNetwork.open();
    }

    @AfterEach
    void closeNetwork() {
        if (network != null) {
            network.close();
        }
    }

    private CuttableNetwork network() {
        return Objects.requireNonNull(network);
    }

    @Override
    protected Jobs jobs() {
        var postgres = databases.fresh();
        letIn(postgres);
        return postgres.jobs();
    }

    /** The server listens on 127.0.0.1 alone, and looks besides from where somebody comes. */
    private void letIn(Postgres postgres) {
        var rules = Path.of(query(postgres, "show hba_file").getFirst());
        try {
            Files.writeString(
                    rules, "\nhost all all " + network().address() + "/32 scram-sha-256\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(query(postgres, "select pg_reload_conf()")).containsExactly("t");
    }

    @Override
    protected Class<? extends StoreFactory<Jobs>> factory() {
        return Factories.OfHastyJobs.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }

    @Override
    protected List<String> enter() {
        return network().enter();
    }

    @Override
    protected void cut() {
        network().cut();
    }

    @Override
    protected void mend() {
        network().mend();
    }
}
