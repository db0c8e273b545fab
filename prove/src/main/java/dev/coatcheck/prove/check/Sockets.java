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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

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

    /** What was heard where that was done elsewhere of which it may come. */
    private final List<Told> heard = new ArrayList<>();

    /** The sockets that are known to miss something. */
    private final Set<Integer> deaf = new HashSet<>();

    /** How often an answer may still differ, in all that is tried. */
    private int answersLeft;

    /** Up to where what passed was tried. */
    private final List<String> limits = new ArrayList<>();

    /** @param known what other checks have found, for which is allowed */
    Sockets(Stage stage, Scenario scenario, Allowances allowances, List<Leak> known, Duration lease) {
        this.stage = stage;
        this.scenario = scenario;
        this.allowances = allowances;
        this.known = List.copyOf(known);
        this.lease = lease;
        this.answersLeft = 2 * scenario.steps().size();
    }

    Findings find() throws InterruptedException {
        return new Findings(List.of(outcome()), leaks, notes);
    }

    private CheckOutcome outcome() throws InterruptedException {
        if (stage.opening().isEmpty()) {
            return skipped("no step opens a WebSocket or a stream of events");
        }
        ListeningStage listening = stage.listening();
        List<Told> atFirst = listening.told();
        if (atFirst.isEmpty()) {
            return skipped("no message came to an open socket in each run of one process; a later step has to make the"
                    + " application tell something");
        }
        List<Integer> sockets = atFirst.stream()
                .filter(this::isOfAnother)
                .map(Told::socket)
                .distinct()
                .sorted()
                .toList();
        if (sockets.isEmpty()) {
            return skipped("each socket hears only what follows from its own messages, and those come to where it is;"
                    + " nothing was written before that could be told then");
        }
        for (int socket : sockets.stream().limit(MOST_TRIED).toList()) {
            attempt(listening, socket, toldTo(socket, atFirst));
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
        if (heard.stream().allMatch(told -> told.byItself() || isOf(told.socket(), told.after()))) {
            limits.add(
                    "all that came comes as well when nobody has done anything, as a beat does, or when the socket itself"
                            + " opens or speaks, as a greeting does, so that it shows little");
        }
        return new CheckOutcome(
                Check.SOCKETS,
                Result.PASSED,
                limits.isEmpty() ? "" : Check.SOCKETS.done() + "; but " + String.join("; ", limits));
    }

    private static CheckOutcome skipped(String why) {
        return new CheckOutcome(Check.SOCKETS, Result.SKIPPED, why);
    }

    /** Whether a message comes of what can be done in another process than the one of the socket. */
    private boolean isOfAnother(Told told) {
        return !sources(told).isEmpty();
    }

    /**
     * The steps of others of which a message may come: the one that it follows; where that is the socket's own, all that wrote
     * something before, as what a socket is greeted with may tell of it.
     */
    private List<Integer> sources(Told told) {
        if (!isOf(told.socket(), told.after())) {
            return List.of(told.after());
        }
        return scenario.steps().subList(0, told.after() - 1).stream()
                .filter(step -> !step.request().isSafe() && !isOf(told.socket(), step.number()))
                .map(Step::number)
                .toList();
    }

    /** Whether a step opens the socket, or sends on it. */
    private boolean isOf(int socket, int step) {
        return step == socket || isSentOn(step, socket);
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

    /** @param first what the socket hears of others, as far as was known before any was tried */
    private void attempt(ListeningStage listening, int socket, List<Told> first) throws InterruptedException {
        List<Seat> seats = scenario.steps().stream()
                .map(step -> Seat.at(isOf(socket, step.number()) ? 1 : 0))
                .toList();
        Plan plan = allowances
                .notRepeating(socket)
                .in(Plan.of("socket of step " + socket + " elsewhere", seats).patient(lease));
        if (first.stream().noneMatch(told -> isParted(told, plan))) {
            doubt(socket, "what a known leak leaves is needed where the socket is, so that they were not parted");
            return;
        }
        for (int lessons = 0; lessons < LESSONS && answersLeft > 0; ) {
            if (toldTo(socket, listening.told()).stream().noneMatch(told -> isParted(told, plan))) {
                doubt(socket, NOTHING_LEFT);
                return;
            }
            Run run = listening.run(plan);
            if (run.broken().isEmpty()) {
                passed(socket, plan, first, toldTo(socket, listening.told()));
                return;
            }
            if (isOfMessages(run.broken().get())) {
                lessons++;
            } else {
                answersLeft--;
            }
            if (isKnown(run.broken().get()) || isConcluded(listening, socket, plan, run)) {
                return;
            }
        }
        doubt(socket, "it varies by itself");
    }

    private List<Told> toldTo(int socket, List<Told> all) {
        return all.stream()
                .filter(told -> told.socket() == socket && isOfAnother(told))
                .toList();
    }

    private boolean isParted(Told told, Plan plan) {
        return sources(told).stream().anyMatch(source -> isParted(source, told.socket(), plan));
    }

    /** Of a step that is repeated in each process the socket's own may tell. */
    private static boolean isParted(int source, int socket, Plan plan) {
        return plan.seat(source).process() != plan.seat(socket).process()
                && !plan.repeated().contains(source);
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

    /** Whether nothing but what is told already broke a run: it hides what else there may be. */
    private boolean isKnown(Run.Break broken) {
        return isOfMessages(broken)
                && broken.differences().stream()
                        .flatMapToInt(difference -> difference.socket().stream())
                        .allMatch(deaf::contains);
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
        notes.add("sockets: of what step " + varying.step()
                + " answers nothing was concluded, as it differed now and then, or in one process as well: "
                + Difference.mostTelling(varying.differences()));
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
        int socket = confirmation.differences().stream()
                .flatMapToInt(difference -> difference.socket().stream())
                .findFirst()
                .orElseThrow();
        if (!deaf.add(socket)) {
            return;
        }
        int victim = split.steps();
        List<Difference> differences = confirmation.differences().stream()
                .filter(difference -> difference.socket().equals(OptionalInt.of(socket)))
                .toList();
        boolean comes =
                differences.stream().allMatch(difference -> difference.fleet().isPresent());
        String missing = comes ? "another came instead" : "it did not come";
        if (isOf(socket, victim)) {
            tellOfGreeting(listening, split, socket, differences, missing);
            return;
        }
        leaks.add(new Leak(
                Check.SOCKETS,
                comes ? Cause.UNKNOWN : Cause.SOCKET_REGISTRY,
                OptionalInt.of(socket),
                victim,
                differences,
                trace(listening, split, socket),
                List.of(
                        "with the socket of step %d and step %d at one process each message came; at two processes %s, %d times of %4$d"
                                .formatted(socket, victim, missing, Confirmation.ROUNDS)),
                Optional.empty()));
    }

    /** What a socket is told when it opens, or when something is sent on it, is of what others have left before. */
    private void tellOfGreeting(Stage listening, Plan split, int socket, List<Difference> differences, String missing)
            throws InterruptedException {
        int victim = split.steps();
        List<Integer> left = sources(new Told(socket, victim, false)).stream()
                .filter(source -> isParted(source, socket, split))
                .toList();
        Trace trace = left.isEmpty()
                ? Trace.none("no step that wrote something before it was played elsewhere")
                : trace(listening, split, left.getLast());
        leaks.add(new Leak(
                Check.SOCKETS,
                Cause.UNKNOWN,
                left.size() == 1 ? OptionalInt.of(left.getFirst()) : OptionalInt.empty(),
                victim,
                differences,
                trace,
                List.of(
                        "with the socket of step %d at the process that served the steps before each message of step %d came; at another %s, %d times of %4$d"
                                .formatted(socket, victim, missing, Confirmation.ROUNDS)),
                Optional.empty()));
    }

    private static Trace trace(Stage listening, Plan split, int polluter) throws InterruptedException {
        try {
            return listening.trace(split, polluter);
        } catch (InconclusiveException e) {
            return Trace.none("it was not looked for: " + e.reason());
        }
    }
}
