package dev.coatcheck.postgres;

import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresSessionsTest extends SessionsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Sessions sessions(SessionSettings settings) {
        return databases.empty().sessions(settings);
    }

    @Override
    public String dump() {
        return String.join("\n", databases.query("select s::text from coatcheck.sessions s"));
    }
}
