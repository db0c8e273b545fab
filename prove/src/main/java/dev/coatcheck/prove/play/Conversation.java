package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Variables;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One run of a scenario: sends its steps to whatever instances the caller chooses, each on a TCP connection of its own, with
 * the cookies of its user and the values captured so far. Redirects are not followed.
 *
 * <p>What the application does wrong is never an exception but part of the {@link Exchange}. For one thread at a time.
 *
 * {@snippet :
 * Conversation conversation = Conversation.start(PlaySettings.of(URI.create("http://localhost:8080")));
 * Exchange login = conversation.play(scenario.steps().get(0), new Target("web.1", URI.create("http://127.0.0.1:5001")));
 * Exchange me = conversation.play(scenario.steps().get(1), new Target("web.2", URI.create("http://127.0.0.1:5002")));
 * }
 */
public final class Conversation {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** For a message that is to come before the next one is sent. */
    private static final Duration AWAITED = Duration.ofSeconds(10);

    /** In a recording a message that came before is mostly what the next one answers, but it may have been a beat. */
    private static final Duration A_WHILE = Duration.ofSeconds(2);

    private static final int SWITCHED = 101;

    private final PlaySettings settings;
    private final Map<String, String> variables;
    private final Map<String, CookieJar> jars;
    private final OpenSockets sockets;

    private Conversation(
            PlaySettings settings, Map<String, String> variables, Map<String, CookieJar> jars, OpenSockets sockets) {
        this.settings = settings;
        this.variables = variables;
        this.jars = jars;
        this.sockets = sockets;
    }

    /** A new run: no cookies, nothing captured, a {@code {{run}}} that no other run has. A socket is closed once it is open. */
    public static Conversation start(PlaySettings settings) {
        return start(settings, OpenSockets.none());
    }

    /** A new run, whose sockets are kept. */
    public static Conversation start(PlaySettings settings, OpenSockets sockets) {
        Map<String, String> variables = new HashMap<>(settings.variables());
        String origin = Origins.text(settings.origin());
        variables.put(Variables.BASE_URL, origin);
        variables.put(Variables.BASE_URL_ENCODED, URLEncoder.encode(origin, StandardCharsets.UTF_8));
        variables.put(Variables.RUN, "r" + Long.toString(RANDOM.nextLong(1L << 50, 1L << 52), 36));
        return new Conversation(settings, variables, new HashMap<>(), sockets);
    }

    /** Another conversation that has the past of this one, and a future of its own; they share their sockets. */
    public Conversation copy() {
        return copy(sockets);
    }

    /** The same, and the sockets that it opens are its own, until those of this one are closed. */
    public Conversation beside() {
        return copy(sockets.beside());
    }

    private Conversation copy(OpenSockets open) {
        Map<String, CookieJar> copies = new HashMap<>();
        jars.forEach((user, jar) -> copies.put(user, jar.copy()));
        return new Conversation(settings, new HashMap<>(variables), copies, open);
    }

    /**
     * Takes in what a step has given to another conversation of the same run, as if it had been played in this one: its
     * captures, and its cookies but for those that each conversation is to have of its own.
     */
    public void takeIn(Exchange exchange, Set<String> cookiesOfItsOwn) {
        if (!(exchange.outcome() instanceof Outcome.Answered(SentRequest request, Response response))) {
            return;
        }
        Step step = exchange.step();
        for (Capture capture : step.captures()) {
            String value = exchange.values().get(Exchange.nameOf(capture.name()));
            if (value != null) {
                variables.put(capture.name(), value);
            }
        }
        jar(step).receive(request.target().split("\\?", 2)[0], response, cookiesOfItsOwn);
    }

    private CookieJar jar(Step step) {
        return jars.computeIfAbsent(step.user(), user -> new CookieJar(settings.origin(), settings.clock()));
    }

    /**
     * Sends the step to the target, and again where the step polls, until the response is as expected. Takes at most the
     * settings' limit for each attempt beside the {@linkplain ConnectionChoice#limit() search} for a connection, and the
     * step's interval between two.
     *
     * @throws InterruptedException as soon as the thread is interrupted; the connection is closed
     */
    public Exchange play(Step step, Target target) throws InterruptedException {
        return play(step, target, Midway.NOTHING);
    }

    /** As above, with something done in the middle of its body, where it has one. */
    public Exchange play(Step step, Target target, Midway midway) throws InterruptedException {
        Instant began = settings.clock().instant();
        Instant at = began;
        long start = System.nanoTime();
        Map<String, String> drawn = new LinkedHashMap<>();
        Wire wire = new Wire(settings, midway);
        Attempt attempt;
        Optional<OpenSocket> opened = Optional.empty();
        int attempts = 0;
        do {
            if (attempts > 0) {
                opened.ifPresent(OpenSocket::close);
                Thread.sleep(step.polling().interval());
            }
            drawn.clear();
            try {
                attempt = attempt(step, target, wire, drawn);
            } catch (Rendering.NotSendable e) {
                Outcome.NotSent notSent = new Outcome.NotSent(String.valueOf(e.getMessage()));
                return new Exchange(step, target, notSent, List.of(), drawn, attempts, at, Duration.ZERO);
            }
            opened = attempt.sent().opened();
            attempts++;
            if (attempts == 1) {
                at = began.plus(wire.searched());
            }
        } while (!attempt.isAsExpected() && attempts <= step.polling().retries());
        Map<String, String> values = new LinkedHashMap<>(drawn);
        attempt.captured().forEach((name, value) -> values.put(Exchange.nameOf(name), value));
        variables.putAll(attempt.captured());
        return new Exchange(
                step,
                attempt.sent().to(),
                attempt.sent().outcome(),
                attempt.unmet(),
                values,
                attempts,
                at,
                Duration.ofNanos(System.nanoTime() - start).minus(wire.searched()),
                opened.isPresent(),
                List.of());
    }

    /**
     * What came of a request.
     *
     * @param to who got it
     * @param opened what stays open behind it
     */
    private record Sent(Outcome outcome, Target to, Optional<OpenSocket> opened) {}

    private record Attempt(Sent sent, List<String> unmet, Map<String, String> captured) {
        boolean isAsExpected() {
            return sent.outcome() instanceof Outcome.Answered && unmet.isEmpty();
        }
    }

    private Attempt attempt(Step step, Target target, Wire wire, Map<String, String> drawn)
            throws InterruptedException {
        Sent sent = step.request().method().equals(Request.SEND)
                ? sendOnSocket(step, target, wire, drawn)
                : send(step, target, wire, prepared(step, target, drawn));
        if (!(sent.outcome() instanceof Outcome.Answered(SentRequest request, Response response))) {
            return new Attempt(sent, List.of(), Map.of());
        }
        List<String> unmet = new ArrayList<>();
        Expectation.Status status = step.expectation().status();
        if (!status.allows(response.status())) {
            unmet.add("expected status " + status + ", got " + response.status());
        }
        Map<String, String> captured = new LinkedHashMap<>();
        for (Capture capture : step.captures()) {
            Optional<String> value =
                    response.select(capture.selection()).map(Selecting::text).or(capture::recorded);
            value.ifPresent(found -> captured.put(capture.name(), found));
            if (value.isEmpty()) {
                unmet.add("nothing to capture as '" + capture.name() + "': the response has no " + capture.selection());
            }
        }
        for (Assertion assertion : step.expectation().assertions()) {
            Asserting.unmet(assertion, response, name -> known(name, captured)).ifPresent(unmet::add);
        }
        return new Attempt(sent, unmet, captured);
    }

    private PreparedRequest prepared(Step step, Target target, Map<String, String> drawn) {
        return new Rendering(settings.origin(), name -> value(name, step, drawn))
                .prepare(step.request(), target, jar(step));
    }

    private Sent send(Step step, Target target, Wire wire, PreparedRequest prepared) throws InterruptedException {
        Outcome outcome = wire.send(prepared, target);
        if (outcome instanceof Outcome.Answered(SentRequest request, Response response)) {
            jar(step).receive(prepared.path(), response, Set.of());
        }
        Optional<OpenSocket> opened = wire.takeOpened();
        if (opened.isEmpty()) {
            return new Sent(outcome, target, opened);
        }
        int known = sockets.heard().size();
        sockets.keep(step, prepared.sent().target(), opened.get());
        return new Sent(said(outcome, prepared, step, opened.get(), known), target, opened);
    }

    /** Whether what a message waits for has come, or need not come. */
    private boolean hasCome(Body.Await after, int known) throws InterruptedException {
        return switch (after) {
            case NOTHING -> true;
            case A_MESSAGE -> sockets.awaitMore(known, AWAITED).size() > known;
            case A_MESSAGE_FOR_A_WHILE -> {
                sockets.awaitMore(known, A_WHILE);
                yield true;
            }
        };
    }

    /** A client whose socket is gone opens it anew, wherever it comes to then, and says again what it said at first. */
    private Sent sendOnSocket(Step step, Target target, Wire wire, Map<String, String> drawn)
            throws InterruptedException {
        PreparedRequest prepared = prepared(step, target, drawn);
        String path = prepared.sent().target();
        OpenSockets.Kept kept = sockets.find(step.user(), path)
                .orElseThrow(() ->
                        new Rendering.NotSendable("no step of this user before it opened a WebSocket there, as '"
                                + step.title().replaceFirst("^" + Request.SEND, Request.WEBSOCKET) + "'"));
        if (!kept.socket().isOpen()) {
            Sent again = send(kept.opening(), target, wire, prepared(kept.opening(), target, new HashMap<>()));
            if (again.opened().isEmpty()) {
                return again;
            }
            kept = sockets.find(step.user(), path).orElse(kept);
        }
        Response open = new Response(SWITCHED, List.of(), Content.of(new byte[0]));
        Outcome answered = new Outcome.Answered(prepared.sent(), open);
        Outcome outcome =
                said(answered, prepared, step, kept.socket(), sockets.heard().size());
        return new Sent(outcome, kept.socket().target(), Optional.empty());
    }

    /**
     * Says what the step has to say on a socket.
     *
     * @param before how many messages were heard when the other side had not been asked for any
     */
    private Outcome said(Outcome opened, PreparedRequest prepared, Step step, OpenSocket socket, int before)
            throws InterruptedException {
        int known = before;
        for (PreparedRequest.Outgoing message : prepared.messages()) {
            if (!hasCome(message.after(), known)) {
                return new Outcome.Failed(
                        prepared.sent(),
                        Outcome.Failure.TIMED_OUT,
                        "no message came within " + AWAITED.toMillis()
                                + " ms, and one was to come before the next is sent");
            }
            known = sockets.heard().size();
            try {
                if (!(socket instanceof WebSocket speaking)) {
                    throw new Rendering.NotSendable("step " + step.number() + " has messages for what is no WebSocket");
                }
                speaking.send(message.text(), settings.limit());
            } catch (SocketTimeoutException e) {
                return new Outcome.Failed(prepared.sent(), Outcome.Failure.TIMED_OUT, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                return new Outcome.Failed(
                        prepared.sent(), Outcome.Failure.NO_RESPONSE, "the socket is closed: " + e.getMessage());
            }
        }
        return opened;
    }

    private Optional<String> known(String name, Map<String, String> captured) {
        return Optional.ofNullable(captured.getOrDefault(name, variables.get(name)));
    }

    /** Notes what is not the same in every run, so that comparisons know where it came from. */
    private String value(String name, Step step, Map<String, String> drawn) {
        if (name.equals(Variables.NEW_UUID)) {
            String uuid = UUID.randomUUID().toString();
            int place = 1;
            while (drawn.putIfAbsent(Exchange.nameOf(name) + " of step " + step.number() + " #" + place, uuid)
                    != null) {
                place++;
            }
            return uuid;
        }
        String value = variables.get(name);
        if (value == null) {
            throw new Rendering.NotSendable("no value for {{" + name + "}}: no earlier step could capture it");
        }
        if (name.equals(Variables.RUN)) {
            drawn.put(Exchange.nameOf(name), value);
        }
        return value;
    }
}
