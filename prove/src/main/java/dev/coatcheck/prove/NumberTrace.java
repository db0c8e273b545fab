package dev.coatcheck.prove;

import dev.coatcheck.prove.AnsweredNumbers.Value;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.location.HeapLimits;
import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.Needles;
import dev.coatcheck.prove.location.NumberSearch;
import dev.coatcheck.prove.location.SearchResult;
import dev.coatcheck.prove.location.heap.Course;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a number lies that a step left, and that is too short to be looked for: a counter, a flag, a quantity. The places
 * of the process that changed with the step are held to the answers: what the victim tells of a single process, what it
 * tells of one that never had the step, and what that one tells when it is asked once more.
 */
final class NumberTrace implements AutoCloseable {
    private final Control control;
    private final Step polluter;
    private final Step victim;
    private final Optional<NumberSearch> search;

    private NumberTrace(Control control, Step polluter, Step victim, Optional<NumberSearch> search) {
        this.control = control;
        this.polluter = polluter;
        this.victim = victim;
        this.search = search;
    }

    /**
     * Looks at the process before the polluter, where a number may have to be found in it: where nothing longer ties the two
     * steps, and it is a JVM or a Node.
     */
    static NumberTrace begin(Control control, Step polluter, Step victim, LabInstance polluted)
            throws InterruptedException {
        boolean wanted = isTiedByNothingLonger(control, polluter, victim)
                && !(AnsweredNumbers.inAll(control.exchanges(victim.number())).isEmpty()
                        && AnsweredNumbers.inAll(control.exchanges(polluter.number()))
                                .isEmpty());
        return new NumberTrace(
                control,
                polluter,
                victim,
                wanted ? NumberSearch.begin(subject(polluted), HeapLimits.defaults()) : Optional.empty());
    }

    private static NumberSearch.Subject subject(LabInstance instance) {
        return new NumberSearch.Subject(instance.name(), instance.servingPid(), instance.layer()::reach);
    }

    /** Looks at nothing. */
    static NumberTrace none(Control control, Step polluter, Step victim) {
        return new NumberTrace(control, polluter, victim, Optional.empty());
    }

    private static boolean isTiedByNothingLonger(Control control, Step polluter, Step victim) {
        return control.exchanges(polluter.number()).stream()
                .limit(1)
                .flatMap(exchange -> Needles.from(CarriedValues.givenAndCarried(exchange, victim, false)).stream())
                .noneMatch(Needle::isValueItself);
    }

    /** Whether there may be something to find. */
    boolean isOpen() {
        return search.isPresent();
    }

    /** Looks at the process after the polluter. */
    void end() throws InterruptedException {
        if (search.isPresent()) {
            search.get().end();
        }
    }

    /**
     * The places that changed as the answers tell.
     *
     * @param played the steps up to the victim, which a process answered that never had the polluter
     * @param again how that process answered the victim once more
     */
    SearchResult search(List<Exchange> played, Exchange again, LabInstance other) throws InterruptedException {
        if (search.isEmpty()) {
            return new SearchResult(List.of(), List.of());
        }
        List<Needle> secrets = played.stream()
                .flatMap(exchange -> Needles.from(CarriedValues.of(exchange)).stream())
                .toList();
        Exchange polluting = played.get(polluter.number() - 1);
        return search.get().search(subject(other), courses(polluting, played.getLast(), again), secrets);
    }

    private List<Course> courses(Exchange polluting, Exchange elsewhere, Exchange again) {
        List<Course> courses = new ArrayList<>();
        Map<String, Value> first = AnsweredNumbers.in(elsewhere);
        Map<String, Value> second = AnsweredNumbers.in(again);
        AnsweredNumbers.inAll(control.exchanges(victim.number())).forEach((place, alone) -> {
            Value other = first.get(place);
            Value next = second.get(place);
            if (other == null || next == null) {
                // Where nobody tells a number there has to be none, and a truth value may be anybody's.
                if (other == null && next == null && !alone.truth() && alone.number() != 0) {
                    courses.add(Course.to(alone.number()));
                }
            } else if (!other.equals(alone) && alone.truth() == other.truth()) {
                courses.addAll(courses(alone, other, next));
            }
        });
        Set<Double> named = new HashSet<>(AnsweredNumbers.askedFor(elsewhere));
        AnsweredNumbers.in(polluting).values().stream()
                .filter(value -> !value.truth() && value.number() != 0 && named.contains(value.number()))
                .forEach(value -> courses.add(Course.to(value.number())));
        return courses.stream().distinct().toList();
    }

    /**
     * A victim that only reads tells what is there. One that counts, too, tells it before it adds one or after that; that it does
     * is seen where it tells the next number when it is asked again.
     */
    private static List<Course> courses(Value alone, Value other, Value next) {
        if (alone.truth()) {
            return next.equals(other) ? List.of(Course.ofTruth(alone.number() != 0)) : List.of();
        }
        List<Course> courses = new ArrayList<>();
        double added = next.number() - other.number();
        for (int ahead = 0; ahead <= 1; ahead++) {
            double before = other.number() - ahead;
            if (before >= 0 || ahead == 0) {
                courses.add(Course.of(before, alone.number() - ahead, next.number() + added - ahead));
            }
        }
        return courses;
    }

    /** How the places were found, for people. */
    String inWords() {
        return "heap dumps before and after step " + polluter.number()
                + ", and of a process without it: the place told is"
                + " the one that holds each time what fits the answers to step " + victim.number();
    }

    @Override
    public void close() {
        search.ifPresent(NumberSearch::close);
    }
}
