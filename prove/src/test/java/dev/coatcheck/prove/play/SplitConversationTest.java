package dev.coatcheck.prove.play;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.TestServer.Received;
import dev.coatcheck.prove.play.TestServer.Reply;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The whole idea on real sockets: the same conversation unsplit, and split over two instances. */
class SplitConversationTest {
    private static final Scenario SCENARIO =
            StepLines.read(List.of("POST /login name=ann", "GET /me", "GET /me"), Path.of("."), Set.of());

    @Test
    void a_session_in_memory_shows_in_the_body_alone() throws Exception {
        List<String> differences = play(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        assertThat(differences)
                .singleElement()
                .asString()
                .startsWith("body: $.greeting was \"Hello ann, it is ")
                .contains("\" in the control and is \"Hello stranger, it is ");
    }

    @Test
    void a_shared_session_is_clean_however_noisy_the_pages_are() throws Exception {
        Map<String, String> shared = new ConcurrentHashMap<>();
        assertThat(play(shared, shared)).isEmpty();
    }

    private static List<String> play(Map<String, String> sessions, Map<String, String> others) throws Exception {
        try (TestServer one = application("web.1", sessions);
                TestServer two = application("web.2", others)) {
            Target first = one.target("web.1");
            Target second = two.target("web.2");
            List<List<Exchange>> controls =
                    List.of(run(List.of(first)), run(List.of(second)), run(List.of(first)), run(List.of(second)));
            return Control.learn(controls).differences(run(List.of(first, second))).stream()
                    .map(Difference::toString)
                    .toList();
        }
    }

    private static List<Exchange> run(List<Target> targets) throws InterruptedException {
        Conversation conversation = Conversation.start(PlaySettings.of(URI.create("http://localhost:8080")));
        List<Exchange> exchanges = new ArrayList<>();
        for (Step step : SCENARIO.steps()) {
            exchanges.add(conversation.play(step, targets.get((step.number() - 1) % targets.size())));
        }
        return exchanges;
    }

    private static TestServer application(String instance, Map<String, String> sessions) throws IOException {
        return new TestServer(request -> answer(instance, sessions, request));
    }

    private static Reply answer(String instance, Map<String, String> sessions, Received request) {
        if (request.target().equals("/login")) {
            String id = UUID.randomUUID().toString();
            sessions.put("sid=" + id, request.body().replace("name=", ""));
            return Reply.of(303, "", "Set-Cookie", "sid=" + id + "; Path=/; HttpOnly", "Location", "/me");
        }
        String name = sessions.getOrDefault(request.header("Cookie"), "stranger");
        String body = "{\"greeting\": \"Hello %s, it is %s\", \"request\": \"%s\", \"servedBy\": \"%s\"}"
                .formatted(name, Instant.now(), UUID.randomUUID(), instance);
        return Reply.of(200, body, "Content-Type", "application/json");
    }
}
