package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Told;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Opens one socket at a process of its own, and plays all else to another: what a single process tells the socket has to
 * come as well. One socket after the other.
 */
final class Sockets {
    /** Each costs a run, and a page has few. */
    private static final int MOST_TRIED = 8;

    /** How often it may turn out that what is heard varies. */
    private static final int LESSONS = 3;

    private static final String NOTHING_LEFT =
            "of what one process told it at first nothing came each time, so that there is nothing that has to come";

    private final Stage stage;
    private final Scenario scenario;
    private final Allowances allowances;
    private final List<Leak> known;
    private final Duration lease;
    private final List<Leak> leaks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();

    /** What was heard where its step was played elsewhere. */
    private final List<Told> heard = new ArrayList<>();

    /** Up to where what passed was tried. */
    private final List<String> limits = new ArrayList<>();

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
        ListeningStage listening = stage.listening();
        if (listening.told().isEmpty()) {
            return skipped("no message came to an open socket in each run of one process; a later step has to make the"
                    + " application tell something");
        }
        List<Integer> sockets = listening.told().stream()
                .filter(this::isOfAnother)
                .map(Told::socket)
                .distinct()
                .sorted()
                .toList();
        if (sockets.isEmpty()) {
            return skipped("each socket hears only what follows from its own messages, and those come to where it is");
        }
        for (int socket : sockets.stream().limit(MOST_TRIED).toList()) {
            attempt(listening, socket);
        }
        if (sockets.size() > MOST_TRIED) {
            limits.add("of " + sockets.size() + " sockets that hear something, the first " + MOST_TRIED
                    + " alone were tried");
        }
        return concluded();
    }

    private CheckOutcome concluded() {
        if (!leaks.isEmpty()) {
            return new CheckOutcome(
                    Check.SOCKETS, Result.FAILED, "step " + leaks.getFirst().victim() + " broke");
        }
        if (!doubts.isEmpty()) {
            return new CheckOutcome(
                    Check.SOCKETS, known.isEmpty() ? Result.INCONCLUSIVE : Result.SKIPPED, doubts.getFirst());
        }
        if (heard.stream().allMatch(Told::byItself)) {
            limits.add(
                    "all that came comes as well when nobody has done anything, as a beat does, so that it shows little");
        }
        return new CheckOutcome(
                Check.SOCKETS,
                Result.PASSED,
                limits.isEmpty() ? "" : Check.SOCKETS.claim() + "; but " + String.join("; ", limits));
    }

    private static CheckOutcome skipped(String why) {
        return new CheckOutcome(Check.SOCKETS, Result.SKIPPED, why);
    }

    /** Whether a message comes of a step that can be played in another process than the one of the socket. */
    private boolean isOfAnother(Told told) {
        return told.after() != told.socket() && !isSentOn(told.after(), told.socket());
    }

    /** Whether a step sends on the socket that another one opened: the last that its user opened there before. */
    private boolean isSentOn(int sending, int opening) {
        Step sends = step(sending);
        return sends.request().method().equals(Request.SEND)
                && scenario.steps().subList(0, sending).stream()
                                .filter(step -> step.request().method().equals(Request.WEBSOCKET)
                                        && step.user().equals(sends.user())
                                        && isAtSamePath(step.request(), sends.request()))
                                .mapToInt(Step::number)
                                .max()
                                .orElse(0)
                        == opening;
    }

    private static boolean isAtSamePath(Request opens, Request sends) {
        return opens.target().equals(sends.target()) && opens.query().equals(sends.query());
    }

    private Step step(int number) {
        return scenario.steps().get(number - 1);
    }

    private void attempt(ListeningStage listening, int socket) throws InterruptedException {
        List<Seat> seats = scenario.steps().stream()
                .map(step -> Seat.at(step.number() == socket || isSentOn(step.number(), socket) ? 1 : 0))
                .toList();
        Plan plan = allowances
                .notRepeating(socket)
                .in(Plan.of("socket of step " + socket + " elsewhere", seats).patient(lease));
        List<Told> first = toldTo(socket, listening);
        List<Told> parted = first.stream().filter(told -> isParted(told, plan)).toList();
        if (parted.isEmpty()) {
            doubt(
                    socket,
                    first.isEmpty()
                            ? NOTHING_LEFT
                            : "what a known leak leaves is needed where the socket is, so that they were not parted");
            return;
        }
        int heardOtherwise = 0;
        int answeredOtherwise = 0;
        while (heardOtherwise < LESSONS && answeredOtherwise < 2 * plan.steps()) {
            Run run = listening.run(plan);
            if (run.broken().isEmpty()) {
                passed(socket, plan, first, toldTo(socket, listening));
                return;
            }
            if (isOfMessages(run.broken().get())) {
                heardOtherwise++;
            } else {
                answeredOtherwise++;
            }
            if (isConcluded(listening, socket, plan, run)) {
                return;
            }
            if (toldTo(socket, listening).stream().noneMatch(told -> isParted(told, plan))) {
                doubt(socket, NOTHING_LEFT);
                return;
            }
        }
        doubt(socket, "it varies by itself");
    }

    private List<Told> toldTo(int socket, ListeningStage listening) {
        return listening.told().stream()
                .filter(told -> told.socket() == socket && isOfAnother(told))
                .toList();
    }

    /** Of a step that is repeated in each process the socket's own may tell. */
    private static boolean isParted(Told told, Plan plan) {
        return plan.seat(told.after()).process() != plan.seat(told.socket()).process()
                && !plan.repeated().contains(told.after());
    }

    private void passed(int socket, Plan plan, List<Told> first, List<Told> last) {
        last.stream().filter(told -> isParted(told, plan)).forEach(heard::add);
        if (last.size() < first.size()) {
            limits.add("of " + first.size() + " messages that the socket of step " + socket + " hears in one process "
                    + (first.size() - last.size()) + " do not come each time, and were not asked for");
        }
        List<String> together = last.stream()
                .filter(told -> !isParted(told, plan))
                .map(told -> Integer.toString(told.after()))
                .distinct()
                .toList();
        if (!together.isEmpty()) {
            limits.add("what the socket of step " + socket + " hears after "
                    + (together.size() == 1 ? "step " : "steps ") + String.join(", ", together)
                    + " was told where it is, as known leaks have to be allowed for");
        }
    }

    /** Whether there is nothing more to learn of a run that broke: where something varies by itself, the next may be well. */
    private boolean isConcluded(ListeningStage listening, int socket, Plan plan, Run run) throws InterruptedException {
        Run.Break broken = run.broken().orElseThrow();
        Plan shorter = plan.upTo(broken.step());
        Confirmation confirmation = Confirmation.of(listening, shorter, broken.step(), Optional.of(run));
        return switch (confirmation.result()) {
            case TAUGHT -> false;
            case CONFIRMED -> {
                // At the same step another thing may have differed than at first.
                if (isOfMessages(confirmation.split().broken().orElse(broken))) {
                    tell(listening, shorter, confirmation);
                } else {
                    doubt(
                            socket,
                            "step " + broken.step() + " is answered otherwise where the socket is elsewhere: "
                                    + Difference.mostTelling(confirmation.differences()));
                }
                yield true;
            }
            case UNSPLIT_AS_WELL -> isDoubted(listening, socket, broken, confirmation, confirmation.unsplit());
            case NOT_AGAIN, EARLIER -> isDoubted(listening, socket, broken, confirmation, confirmation.split());
        };
    }

    /**
     * Where it is a message that varies, nothing is known of the socket. What an answer says is for other checks to compare: of
     * a step that varies nothing is concluded from here on.
     *
     * @param other a run that shows what varies; where it went well, that is what broke before
     */
    private boolean isDoubted(
            ListeningStage listening, int socket, Run.Break broken, Confirmation confirmation, Run other) {
        Run.Break varying = other.broken().orElse(broken);
        if (isOfMessages(varying)) {
            doubt(
                    socket,
                    "step " + broken.step() + " broke (" + Difference.mostTelling(broken.differences()) + "), "
                            + confirmation.words());
            return true;
        }
        listening.disregard(varying.step());
        return false;
    }

    private static boolean isOfMessages(Run.Break broken) {
        return broken.differences().stream()
                .anyMatch(difference -> difference.socket().isPresent());
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
