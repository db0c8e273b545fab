package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.List;
import java.util.Optional;

/** What the other processes of {@link SharedSessionsContract} do; public because they are made by name. */
public final class SessionActions {
    static final int WRITES = 200;

    private SessionActions() {}

    /** Creates a session, tells its id, and tells what it holds each time it is asked to look. */
    public static final class Create implements PeerAction<Sessions> {
        @Override
        public void run(Sessions sessions, List<String> arguments, Conversation conversation) {
            var id = SessionsUnderTest.newSession(sessions, Changes.none().put("of", "\"peer\""));
            conversation.say(id.text());
            var session = Optional.of(id).flatMap(sessions::find);
            while (session.isPresent()) {
                conversation.hear();
                session = sessions.find(id);
                conversation.say(session.map(now -> json(now, "of")).orElse("gone"));
            }
        }
    }

    /** Writes many attributes of its own, and counts each in one that all share. */
    public static final class Write implements PeerAction<Sessions> {
        @Override
        public void run(Sessions sessions, List<String> arguments, Conversation conversation) {
            var id = SessionId.parse(arguments.get(0)).orElseThrow();
            conversation.say("ready");
            conversation.hear();
            for (int i = 0; i < WRITES; i++) {
                save(sessions, id, Changes.none().put(arguments.get(1) + " " + i, "" + i));
                assertThat(sessions.update(id, "count", SessionActions::incremented))
                        .isInstanceOf(Saved.class);
            }
        }
    }

    /** Saves two attributes that are always the same, without end. */
    public static final class SavePairs implements PeerAction<Sessions> {
        @Override
        public void run(Sessions sessions, List<String> arguments, Conversation conversation) {
            var id = SessionId.parse(arguments.get(0)).orElseThrow();
            for (long i = 0; ; i++) {
                save(sessions, id, Changes.none().put("left", "" + i).put("right", "" + i));
                if (i == 50) {
                    conversation.say("saving");
                }
            }
        }
    }

    /** Gives sessions to a user, without end; the id of each is told before it is given. */
    public static final class LogIn implements PeerAction<Sessions> {
        @Override
        public void run(Sessions sessions, List<String> arguments, Conversation conversation) {
            while (true) {
                var id = SessionsUnderTest.newSession(sessions, Changes.none());
                conversation.say(id.text());
                save(sessions, id, Changes.none().user(arguments.get(0)));
            }
        }
    }

    private static Optional<String> incremented(Optional<String> count) {
        return Optional.of("" + (Integer.parseInt(count.orElse("0")) + 1));
    }
}
