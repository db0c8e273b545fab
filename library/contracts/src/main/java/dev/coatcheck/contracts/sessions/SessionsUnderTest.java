package dev.coatcheck.contracts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Set;

/** What the parts of the contract share: the store, and the few steps that nearly every test begins with. */
interface SessionsUnderTest {

    Sessions sessions(SessionSettings settings);

    String dump();

    Set<SessionCapability> capabilities();

    default boolean can(SessionCapability capability) {
        return capabilities().contains(capability);
    }

    default Sessions sessions() {
        return sessions(SessionSettings.defaults());
    }

    /** Creates a session and gives its id. */
    static SessionId newSession(Sessions sessions, Changes changes) {
        var id = SessionId.random();
        assertThat(sessions.create(id, changes)).isEqualTo(new Saved(id));
        return id;
    }

    /** Saves what is bound to succeed and gives the id from then on. */
    static SessionId save(Sessions sessions, SessionId id, Changes changes) {
        var result = sessions.save(id, changes);
        assertThat(result).isInstanceOf(Saved.class);
        return ((Saved) result).id();
    }

    /** Reads a session that is bound to be there. */
    static Session find(Sessions sessions, SessionId id) {
        return sessions.find(id).orElseThrow(() -> new AssertionError("no session is found by " + id));
    }

    /** An attribute that is bound to be there. */
    static Attribute attribute(Session session, String name) {
        var attribute = session.attributes().get(name);
        if (attribute == null) {
            throw new AssertionError("no attribute \"" + name + "\", only "
                    + session.attributes().keySet());
        }
        return attribute;
    }

    static String json(Session session, String name) {
        return attribute(session, name).json();
    }

    static long version(Session session, String name) {
        return attribute(session, name).version();
    }
}
