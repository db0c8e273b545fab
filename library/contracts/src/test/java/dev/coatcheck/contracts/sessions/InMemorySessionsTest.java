package dev.coatcheck.contracts.sessions;

import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.InstantSource;

class InMemorySessionsTest extends SessionsContract {
    private InMemorySessions sessions = new InMemorySessions(SessionSettings.defaults(), InstantSource.system());

    @Override
    public Sessions sessions(SessionSettings settings) {
        sessions = new InMemorySessions(settings, InstantSource.system());
        return sessions;
    }

    @Override
    public String dump() {
        return sessions.toString();
    }
}
