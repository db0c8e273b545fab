package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Polling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Requests that were repeated until their answer was another one, each as one that is repeated until then: played one after the
 * other, without the time between them, they would be answered too early, and so many would come in no other run.
 *
 * <p>Repetitions are reads of one user that are alike, with the same cookies, while nobody changes anything, by a request or a
 * message on a WebSocket. They waited for another status that is a success, or for a word or a place in an answer of JSON that
 * none before it had. What is in doubt is left as it was recorded, and noted.
 *
 * @param entries without those that were repetitions; the first of them is answered as the last was
 * @param waits how the entries wait that were repeated, by their numbers
 * @param notes what there is to say of those that could not be understood, in sentences
 */
record HarPolls(List<HarEntry> entries, Map<Integer, Wait> waits, List<String> notes) {
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 400;

    /** Two answers that differ may be chance, or what a page always tells otherwise. */
    private static final int FEWEST = 3;

    private static final int MOST_RETRIES = 1000;
    private static final Duration USUAL_INTERVAL = Duration.ofMillis(500);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

    /** For what was ready soon once, and is not each time. */
    private static final Duration LEAST_WAIT = Duration.ofSeconds(20);

    /** Each run that does not find it waits for so long. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final int SLOWER = 3;

    /** Of one address they ask for different things. */
    private static final List<String> CHOOSING = List.of(
            "Accept",
            "Authorization",
            "HX-Request",
            "HX-Target",
            "Range",
            "RSC",
            "Turbo-Frame",
            "X-Inertia",
            "X-Requested-With");

    /**
     * Until when a request is repeated.
     *
     * @param assertions of its answer, beside the status
     */
    record Wait(Polling polling, List<Assertion> assertions) {
        Wait {
            assertions = List.copyOf(assertions);
        }

        /** How long it waits at most. */
        Duration most() {
            return polling.interval().multipliedBy(polling.retries());
        }
    }

    HarPolls {
        entries = List.copyOf(entries);
        waits = Map.copyOf(waits);
        notes = List.copyOf(notes);
    }

    /** @param source how the recording is called where something is expected of an answer */
    static HarPolls among(List<HarEntry> entries, String source) {
        return new Folding(source).of(entries);
    }

    private record Asked(
            String user, String method, String target, Map<String, String> cookies, Map<String, String> headers) {
        static Asked of(HarEntry entry) {
            Map<String, String> headers = new HashMap<>();
            CHOOSING.forEach(name -> entry.header(name).ifPresent(value -> headers.put(name, value)));
            return new Asked(entry.user(), entry.method(), entry.target(), entry.cookies(), headers);
        }
    }

    /**
     * Reads that are alike.
     *
     * @param answers what was told to each; whatever was not modified is the answer before it
     * @param alone whether nothing was asked meanwhile that was not asked again and again as well
     * @param sudden those before which something else was asked since the last of them, which may have changed the answer
     * @param afterChange whether somebody had changed something before the first of them
     */
    private record Same(
            List<HarEntry> entries, List<Response> answers, boolean alone, Set<Integer> sudden, boolean afterChange) {
        HarEntry first() {
            return entries.getFirst();
        }

        int size() {
            return entries.size();
        }

        int status(int i) {
            int status = entries.get(i).response().status();
            return status == NOT_MODIFIED ? 200 : status;
        }

        /** How long the first so many of them took. */
        Duration took(int many) {
            Optional<Instant> begin = first().at();
            Optional<Instant> end = entries.get(many - 1).at();
            return begin.isPresent() && end.isPresent()
                    ? Duration.between(begin.get(), end.get())
                    : USUAL_INTERVAL.multipliedBy(many - 1L);
        }

        /** From which on all have the status of the last, a success; 0 where all have. */
        int statusAsAtTheEnd() {
            int last = status(size() - 1);
            return last >= FIRST_ERROR
                    ? 0
                    : IntStream.range(0, size())
                            .filter(i -> status(i) != last)
                            .map(i -> i + 1)
                            .max()
                            .orElse(0);
        }

        /** Headers say what time it is. */
        boolean changed() {
            return status(0) != status(size() - 1)
                    || !answers.getFirst()
                            .content()
                            .sha256Hex()
                            .equals(answers.getLast().content().sha256Hex());
        }
    }

    private static final class Folding {
        private final String source;
        private final Map<Integer, HarEntry> instead = new HashMap<>();
        private final Set<Integer> folded = new HashSet<>();
        private final Map<Integer, Wait> waits = new HashMap<>();
        private final List<String> notes = new ArrayList<>();

        Folding(String source) {
            this.source = source;
        }

        HarPolls of(List<HarEntry> entries) {
            Deque<Instant> said = new ArrayDeque<>(HarSockets.saidAt(entries));
            List<HarEntry> quiet = new ArrayList<>();
            boolean afterChange = false;
            for (HarEntry entry : entries) {
                Instant at = entry.at().orElse(Instant.MIN);
                boolean changed = !entry.isSafe();
                while (!said.isEmpty() && said.getFirst().isBefore(at)) {
                    said.removeFirst();
                    changed = true;
                }
                if (changed) {
                    // What is sent between may be what has changed the answer.
                    foldAll(quiet, afterChange);
                    quiet.clear();
                    afterChange = true;
                }
                if (entry.isSafe()) {
                    quiet.add(entry);
                }
            }
            foldAll(quiet, afterChange);
            List<HarEntry> left = entries.stream()
                    .filter(entry -> !folded.contains(entry.number()))
                    .map(entry -> instead.getOrDefault(entry.number(), entry))
                    .toList();
            return new HarPolls(left, waits, notes);
        }

        /** @param quiet entries between which nothing was changed */
        private void foldAll(List<HarEntry> quiet, boolean afterChange) {
            Map<Asked, List<Integer>> asked = new LinkedHashMap<>();
            for (int i = 0; i < quiet.size(); i++) {
                if (!quiet.get(i).isWebSocket() && !quiet.get(i).isEventStream()) {
                    asked.computeIfAbsent(Asked.of(quiet.get(i)), key -> new ArrayList<>())
                            .add(i);
                }
            }
            asked.values().removeIf(same -> same.size() < 2);
            Set<Integer> repeated = new HashSet<>();
            asked.values().forEach(repeated::addAll);
            int[] others = new int[quiet.size() + 1];
            for (int i = 0; i < quiet.size(); i++) {
                others[i + 1] = others[i] + (repeated.contains(i) ? 0 : 1);
            }
            asked.values().forEach(places -> foldIfAwaited(same(quiet, places, others, afterChange)));
        }

        /** @param others how many stand before each place that were asked once alone */
        private static Same same(List<HarEntry> quiet, List<Integer> places, int[] others, boolean afterChange) {
            Set<Integer> sudden = new HashSet<>();
            List<Response> answers = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                Response response = quiet.get(places.get(i)).response();
                boolean untold =
                        response.status() == NOT_MODIFIED && response.content().length() == 0 && i > 0;
                answers.add(untold ? answers.getLast() : response);
                if (i > 0 && others[places.get(i)] > others[places.get(i - 1)]) {
                    sudden.add(i);
                }
            }
            List<HarEntry> entries = places.stream().map(quiet::get).toList();
            return new Same(entries, List.copyOf(answers), sudden.isEmpty(), Set.copyOf(sudden), afterChange);
        }

        private void foldIfAwaited(Same same) {
            int ready = same.statusAsAtTheEnd();
            Optional<HarTold> told = ready > 0 ? Optional.empty() : HarTold.among(same.answers());
            int at = told.map(HarTold::at).orElse(ready);
            if (at == 0 || !isAwaited(same, at, told)) {
                note(same);
            } else if (same.took(at + 1).compareTo(LONGEST_WAIT) > 0) {
                notes.add(same.first().where() + " was asked for "
                        + same.took(at + 1).toMinutes() + " minutes until its answer had changed, and more than "
                        + LONGEST_WAIT.toMinutes()
                        + " are waited for nothing: it is played as often, without the waits."
                        + " Record a shorter conversation, or leave this request out");
            } else {
                replace(
                        same,
                        at + 1,
                        told
                                .map(word -> word.assertion(
                                        source + ", " + same.first().where()))
                                .stream()
                                .toList());
            }
        }

        /** Where something else was asked just before, or it was asked twice alone, that may have made the difference. */
        private static boolean isAwaited(Same same, int at, Optional<HarTold> told) {
            if (same.sudden().contains(at)) {
                return false;
            }
            boolean oftenEnough = at + 1 >= FEWEST;
            return told.map(word -> word.isOfState()
                            ? oftenEnough || same.alone()
                            // A notice of somebody else comes in no other run.
                            : oftenEnough && (word.value().isEmpty() || same.afterChange()))
                    .orElse(oftenEnough || same.alone());
        }

        private void replace(Same same, int many, List<Assertion> assertions) {
            HarEntry first = same.first();
            instead.put(first.number(), first.answeredAs(same.entries().get(many - 1)));
            same.entries().stream().limit(many).skip(1).map(HarEntry::number).forEach(folded::add);
            waits.put(first.number(), new Wait(polling(same.took(many), many), assertions));
        }

        private static Polling polling(Duration took, int many) {
            Duration interval = between(SHORTEST_INTERVAL, took.dividedBy(many - 1L), LONGEST_INTERVAL);
            Duration whole = between(LEAST_WAIT, took.multipliedBy(SLOWER), LONGEST_WAIT);
            return new Polling((int) Math.min(MOST_RETRIES, whole.dividedBy(interval)), interval);
        }

        private static Duration between(Duration least, Duration duration, Duration most) {
            Duration atLeast = duration.compareTo(least) < 0 ? least : duration;
            return atLeast.compareTo(most) > 0 ? most : atLeast;
        }

        private void note(Same same) {
            if (same.size() >= FEWEST && same.changed()) {
                HarEntry last = same.entries().getLast();
                notes.add(last.method() + " " + last.url().map(HarUrl::path).orElse("") + " was asked " + same.size()
                        + " times until its answer had changed, and what it waited for is not known: it is played as often,"
                        + " without the waits. If the control is refused, write the conversation in Hurl, with 'retry' at this"
                        + " request");
            }
        }
    }
}
