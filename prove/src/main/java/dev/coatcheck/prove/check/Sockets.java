package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Opens one socket at a process of its own, and plays all else to another: what a single process tells the socket has to
 * come as well. One socket after the other.
 */
final class Sockets {
    /** Each costs a run, and a page has few. */
    private static final int MOST_TRIED = 8;

    /** How often it may turn out that what is heard varies. */
    private static final int LESSONS = 3;

    private static final SortedSet<Integer> NONE = Collections.emptySortedSet();

    private final Stage stage;
    private final Scenario scenario;
    private final Allowances allowances;
    private final List<Leak> known;
    private final Duration lease;
    private final List<Leak> leaks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();

    /** @param known what other checks have found, for which is allowed */
    Sockets(Stage stage, Scenario scenario, Allowances allowances, List<Leak> known, Duration lease) {
        this.stage = stage;
        this.scenario = scenario;
        this.allowances = allowances;
        this.known = List.copyOf(known);
        this.lease = lease;
    }

    Findings find() throws InterruptedException {
        return new Findings(List.of(outcome()), leaks, notes);
    }

    private CheckOutcome outcome() throws InterruptedException {
        if (stage.opening().isEmpty()) {
            return skipped("no step opens a WebSocket or a stream of events");
        }
        Stage listening = stage.listening();
        SortedMap<Integer, SortedSet<Integer>> heard = listening.heard();
        if (heard.isEmpty()) {
            return skipped("no message came to an open socket in each run of one process; a later step has to make the"
                    + " application tell something");
        }
        List<Integer> told = heard.keySet().stream()
                .filter(socket -> heard.getOrDefault(socket, NONE).stream().anyMatch(step -> isElsewhere(step, socket)))
                .toList();
        if (told.isEmpty()) {
            return skipped("each socket hears only what follows from its own messages, and those come to where it is");
        }
        for (int socket : told.stream().limit(MOST_TRIED).toList()) {
            attempt(listening, socket);
        }
        if (told.size() > MOST_TRIED) {
            notes.add("sockets: of " + told.size() + " sockets that hear something, the first " + MOST_TRIED
                    + " were tried");
        }
        if (!leaks.isEmpty()) {
            return new CheckOutcome(
                    Check.SOCKETS, Result.FAILED, "step " + leaks.getFirst().victim() + " broke");
        }
        if (!doubts.isEmpty()) {
            return new CheckOutcome(
                    Check.SOCKETS, known.isEmpty() ? Result.INCONCLUSIVE : Result.SKIPPED, doubts.getFirst());
        }
        return new CheckOutcome(Check.SOCKETS, Result.PASSED, "");
    }

    private static CheckOutcome skipped(String why) {
        return new CheckOutcome(Check.SOCKETS, Result.SKIPPED, why);
    }

    /** Whether a step can be played in another process than the one of the socket. */
    private boolean isElsewhere(int step, int socket) {
        return step != socket && !isSentOn(step, socket);
    }

    /** Whether a step sends on the socket that another one opened: the last that its user opened there before. */
    private boolean isSentOn(int sending, int opening) {
        Step sends = step(sending);
        return sends.request().method().equals(Request.SEND)
                && scenario.steps().subList(0, sending).stream()
                                .filter(step -> step.request().method().equals(Request.WEBSOCKET)
                                        && step.user().equals(sends.user())
                                        && step.request()
                                                .target()
                                                .equals(sends.request().target()))
                                .mapToInt(Step::number)
                                .max()
                                .orElse(0)
                        == opening;
    }

    private Step step(int number) {
        return scenario.steps().get(number - 1);
    }

    private void attempt(Stage listening, int socket) throws InterruptedException {
        List<Seat> seats = scenario.steps().stream()
                .map(step -> Seat.at(step.number() == socket || isSentOn(step.number(), socket) ? 1 : 0))
                .toList();
        Plan plan = allowances
                .notRepeating(socket)
                .in(Plan.of("socket of step " + socket + " elsewhere", seats).patient(lease));
        if (plan.seat(socket).process() == plan.seat(last(listening, socket)).process()) {
            doubt(socket, "what a known leak leaves is needed where the socket is, so that they were not parted");
            return;
        }
        for (int lesson = 0; lesson < LESSONS; lesson++) {
            Run run = listening.run(plan);
            if (run.broken().isEmpty()) {
                return;
            }
            Run.Break broken = run.broken().get();
            if (broken.differences().stream()
                    .allMatch(difference -> difference.socket().isEmpty())) {
                doubt(
                        socket,
                        "step " + broken.step() + " is answered otherwise where the socket is elsewhere: "
                                + Difference.mostTelling(broken.differences()));
                return;
            }
            Confirmation confirmation =
                    Confirmation.of(listening, plan.upTo(broken.step()), broken.step(), Optional.of(run));
            if (confirmation.isConfirmed()) {
                tell(listening, plan.upTo(broken.step()), confirmation);
                return;
            }
            if (confirmation.result() != Confirmation.Result.TAUGHT) {
                doubt(
                        socket,
                        "step " + broken.step() + " broke (" + Difference.mostTelling(broken.differences()) + "), "
                                + confirmation.words());
                return;
            }
        }
        doubt(socket, "it varies by itself");
    }

    private int last(Stage listening, int socket) {
        return listening.heard().getOrDefault(socket, NONE).stream()
                .filter(step -> isElsewhere(step, socket))
                .reduce(socket, (_, later) -> later);
    }

    private void doubt(int socket, String why) {
        doubts.add("what the socket of step " + socket + " hears of another process is not known: " + why);
        notes.add("sockets: " + doubts.getLast());
    }

    /** It may be another socket that hears nothing now, of what is sent on the one that is elsewhere. */
    private void tell(Stage listening, Plan split, Confirmation confirmation) throws InterruptedException {
        int deaf = confirmation.differences().stream()
                .flatMapToInt(difference -> difference.socket().stream())
                .findFirst()
                .orElseThrow();
        if (leaks.stream().anyMatch(leak -> leak.polluter().equals(OptionalInt.of(deaf)))) {
            return;
        }
        List<Difference> differences = confirmation.differences().stream()
                .filter(difference -> difference.socket().equals(OptionalInt.of(deaf)))
                .toList();
        boolean comes =
                differences.stream().allMatch(difference -> difference.fleet().isPresent());
        List<String> evidence = List.of(
                "with the socket of step %d and step %d at one process each message came; at two processes %s, %d times of %4$d"
                        .formatted(
                                deaf,
                                split.steps(),
                                comes ? "another came instead" : "it did not come",
                                Confirmation.ROUNDS));
        leaks.add(new Leak(
                Check.SOCKETS,
                comes ? Cause.UNKNOWN : Cause.SOCKET_REGISTRY,
                OptionalInt.of(deaf),
                split.steps(),
                differences,
                trace(listening, split, deaf),
                evidence,
                Optional.empty()));
    }

    private static Trace trace(Stage listening, Plan split, int socket) throws InterruptedException {
        try {
            return listening.trace(split, socket);
        } catch (InconclusiveException e) {
            return Trace.none("it was not looked for: " + e.reason());
        }
    }
}
