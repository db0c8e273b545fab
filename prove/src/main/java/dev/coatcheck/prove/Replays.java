package dev.coatcheck.prove;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.Needles;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A step that is played again on the process that is to remember it, so that each time has needles of its own; and other
 * traffic, which sweeps up what was only left over.
 */
final class Replays {
    /** Enough to tell what is remembered each time from what is only not swept up yet. */
    private static final int REPLAYS = 8;

    /** What is signed together with the second in which it is, is the same for as long as that takes. */
    private static final Duration A_TICK = Duration.ofSeconds(1);

    /** Other requests, to sweep up buffers and garbage. */
    private static final int TRAFFIC = 40;

    private static final int SHORTEST_SWEEP = 200;
    private static final int SWEPT_AT_MOST = 2000;

    /** How many letters and digits make a text that is nowhere by chance. */
    private static final int MARK = 10;

    private final Exchange played;
    private final Step step;
    private final Conversation before;
    private final Target target;

    /**
     * @param played the step as it was played first
     * @param before the conversation up to it
     */
    Replays(Exchange played, Conversation before, Target target) {
        this.played = played;
        this.step = played.step();
        this.before = before;
        this.target = target;
    }

    /** Requests that resemble the step's in size and say nothing, to overwrite what was only left over. */
    void sweep() throws InterruptedException {
        Map<String, String> cookies = played.response().orElseThrow().cookies();
        // Longer than what the step sent: a buffer that is used again is overwritten as far as that goes.
        int length = played.outcome() instanceof Outcome.Answered(SentRequest sent, Response ignored)
                ? Math.min(SWEPT_AT_MOST, SHORTEST_SWEEP + sent.body().length())
                : SHORTEST_SWEEP;
        for (int i = 0; i < TRAFFIC; i++) {
            List<Field> nonsense = new ArrayList<>();
            cookies.forEach((name, value) -> nonsense.add(new Field(name, Template.literal(random(value.length())))));
            Request request = new Request(
                    "GET", Template.literal("/?" + random(length)), List.of(), List.of(), nonsense, new Body.None());
            before.copy()
                    .play(step.withRequest(request).withPolling(Polling.NONE).withCaptures(List.of()), target);
        }
    }

    private static String random(int length) {
        String alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** The needles of each replay that are its own. */
    List<List<Needle>> again(Collection<Needle> known) throws InterruptedException {
        Set<Needle> seen = new HashSet<>(known);
        List<List<Needle>> replays = new ArrayList<>();
        int alike = 0;
        for (int i = 0; i < REPLAYS && alike < 2; i++) {
            if (alike > 0) {
                Thread.sleep(A_TICK);
            }
            Exchange exchange = before.copy().play(step.withPolling(Polling.NONE), target);
            List<Needle> own = Needles.from(CarriedValues.of(exchange)).stream()
                    .filter(seen::add)
                    .toList();
            if (own.isEmpty()) {
                alike++;
            } else {
                alike = 0;
                replays.add(own);
            }
        }
        return replays;
    }

    /**
     * The needles of each replay with a mark of its own, where the application takes them as it took the step itself.
     *
     * @param notes is told why there are none
     */
    List<List<Needle>> marked(List<String> notes) throws InterruptedException {
        Map<Needle, Integer> counted = new HashMap<>();
        Needles.from(CarriedValues.of(played)).forEach(needle -> counted.merge(needle, 1, Integer::sum));
        List<List<Needle>> replays = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            String mark = random(MARK);
            Optional<Step> marked = Marked.of(step, mark);
            if (marked.isEmpty()) {
                return List.of();
            }
            Exchange exchange = before.copy().play(marked.get().withPolling(Polling.NONE), target);
            if (!isTakenAlike(exchange, played)) {
                notes.add("step " + step.number() + " was answered otherwise with longer texts");
                return List.of();
            }
            Map<String, String> values = CarriedValues.of(exchange);
            values.values().removeIf(value -> !value.contains(mark));
            List<Needle> found = Needles.from(values);
            found.forEach(needle -> counted.merge(needle, 1, Integer::sum));
            replays.add(found);
        }
        // What two of them have is not the mark, but what stands beside it.
        return replays.stream()
                .map(found -> found.stream()
                        .filter(needle -> counted.getOrDefault(needle, 0) == 1)
                        .toList())
                .filter(own -> !own.isEmpty())
                .toList();
    }

    private static boolean isTakenAlike(Exchange exchange, Exchange unmarked) {
        Optional<Response> one = exchange.response();
        Optional<Response> other = unmarked.response();
        return one.isPresent()
                && other.isPresent()
                && one.get().status() == other.get().status()
                && path(one.get()).equals(path(other.get()))
                && fields(one.get()).equals(fields(other.get()));
    }

    private static String path(Response response) {
        return response.header("Location").orElse("").replaceFirst("\\?.*", "");
    }

    private static Set<String> fields(Response response) {
        Set<String> names = new HashSet<>();
        if (response.isJson()) {
            response.json().ifPresent(json -> names.addAll(json.propertyNames()));
        }
        return names;
    }
}
