package dev.coatcheck.servlet;

import dev.coatcheck.contracts.sessions.InMemorySessions;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the tests of the filter share: instances of one application, in each container, over one store. */
@ParameterizedClass
@EnumSource(Container.class)
abstract class FilterTest {
    static final SessionFilterSettings SETTINGS = SessionFilterSettings.defaults();

    final WatchedSessions store =
            new WatchedSessions(new InMemorySessions(SessionSettings.defaults(), InstantSource.system()));
    final Visitor visitor = new Visitor();
    private final List<WebServer> servers = new ArrayList<>();

    @Parameter
    Container container = Container.JETTY;

    WebServer start(Map<String, Page> pages) {
        return start(SETTINGS, pages);
    }

    WebServer start(SessionFilterSettings settings, Map<String, Page> pages) {
        return start(new SessionFilter(store, settings), pages);
    }

    WebServer start(SessionFilter filter, Map<String, Page> pages) {
        var server = container.start(filter, pages);
        servers.add(server);
        return server;
    }

    /** The visitor's session as the store has it. */
    Optional<Session> stored() {
        return visitor.sessionId().flatMap(store::find);
    }

    @AfterEach
    void closeServers() {
        servers.forEach(WebServer::close);
    }
}
