package dev.coatcheck.postgres;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.contracts.sessions.SharedSessionsContract;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresSessionsTest extends SharedSessionsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Sessions sessions() {
        return databases.fresh().sessions(SessionSettings.defaults());
    }

    @Override
    protected Class<? extends StoreFactory<Sessions>> factory() {
        return Factories.OfSessions.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
