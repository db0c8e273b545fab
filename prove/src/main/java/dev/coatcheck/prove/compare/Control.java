package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Learning.Sample;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an application answers when nothing is split, learned from several runs of one scenario to single instances. What is
 * the same in every run has to be the same in the fleet. What varies is noise: it has to keep its shape, and where it only
 * repeats a value that the user carries from step to step (a cookie, a capture, a {@code {{newUuid}}}), it has to repeat the
 * value of the same run. What an instance shows of its own accord in every answer, its name or process id, is not demanded
 * to come again: a fleet has several of them.
 *
 * <p>Ids are not compared by their numbers. Hibernate's sequences, {@code INCRBY} of Redis and hi/lo generators hand them out
 * in blocks, so that the second note is 2 in one process and 51 in two, and no leak is in that. Instead:
 * <ul>
 *   <li>The place where an id is given out may have any positive integer, also after a prefix as in {@code ord-0007}, or else
 *       a text of the same shape. It has to be a new one: an id that the same request gave before at the same place is a
 *       collision. Given out is what no request has sent and no response has shown before; where the first of two kinds of
 *       things are both 1, what a POST answers under {@code id} or in {@code Location}.
 *   <li>Where all runs of the control repeat it, the id of the same run has to stand. Whose id it is, the words of the field
 *       and the path say ({@code GET /notes} and {@code noteId} speak of what {@code POST /notes} gave); where they do not,
 *       any id that fits, and the number itself.
 * </ul>
 * Ids are told by their places: JSON fields {@code id}, {@code noteId}, {@code note_id}, {@code note-id}, {@code uuid} and
 * lists {@code noteIds}; segments of paths after a word, as in {@code /notes/7}, wherever a text has them; parameters
 * {@code ?note_id=7}; in HTML {@code data-id}, {@code id="note-7"}, and the values of options and of fields whose name says
 * id. Any other number is exact: a count, a page, a version.
 *
 * <p>Not recognised: ids in fields of other names ({@code number}, {@code code}) that are the same in every run, in plain
 * sentences ("note 7 was saved"), in lists whose order or length varies, ids as keys of JSON objects, and what is made from
 * ids (a list sorted by them, when blocks change their order; hashes). Those are exact as long as they are the same in every
 * run. Ids that vary and that no POST has given are compared by shape, unless the scenario captures them: what
 * varies may as well be the id of the instance.
 *
 * <p>Immutable.
 *
 * {@snippet :
 * Control control = Control.learn(List.of(first, second, third));
 * List<Difference> differences = control.differences(fleet);
 * }
 */
public final class Control {
    /** Fewer runs of a scenario show too little of what varies. */
    public static final int LEAST_RUNS = 3;

    /** Of a conversation that only plays the steps of a scenario more often: what varies in these is mostly seen in two. */
    public static final int LEAST_RUNS_OF_LONGER = 2;

    private final List<List<Exchange>> runs;
    private final Map<Integer, Norm> norms;
    private final List<Noise> noise;
    private final Hearing hearing;

    private Control(List<List<Exchange>> runs, Map<Integer, Norm> norms, List<Noise> noise, Hearing hearing) {
        this.hearing = hearing;
        this.runs = runs.stream().map(List::copyOf).toList();
        this.norms = Map.copyOf(norms);
        this.noise = List.copyOf(noise);
    }

    /**
     * Learns from runs of the same steps, each in its order. Steps that were not answered in every run are not compared:
     * whether such a control is worth anything is for the caller to say.
     */
    public static Control learn(List<List<Exchange>> runs) {
        return learn(runs, LEAST_RUNS);
    }

    /** As {@link #learn}, from runs that only play the steps of a scenario more often. */
    public static Control learnLonger(List<List<Exchange>> runs) {
        return learn(runs, LEAST_RUNS_OF_LONGER);
    }

    private static Control learn(List<List<Exchange>> runs, int least) {
        if (runs.size() < least) {
            throw new IllegalArgumentException(
                    "a control takes " + least + " runs or more to tell what varies, not " + runs.size());
        }
        List<List<Integer>> steps =
                runs.stream().map(Control::numbers).distinct().toList();
        if (steps.size() != 1) {
            throw new IllegalArgumentException("the runs are of different steps: " + steps);
        }
        return learned(runs);
    }

    /**
     * Learns from one more run, and gives the control that knows it too. It is for a run that was not split and yet differed:
     * a number that was the same in all runs by chance, the memory that is free or a second, is known to vary from then on.
     * The caller answers for that all its steps were served by a single process from its start on, with a clean disk and clean
     * backing services, as in the runs of the control; of a fleet, this control would learn its leaks. A run may end early.
     *
     * @throws IllegalArgumentException if a step was not answered as the scenario expects: that is no run to learn from
     */
    public Control with(List<Exchange> run) {
        List<Exchange> longest = runs.getFirst();
        List<Integer> beginning = numbers(longest.subList(0, Math.min(run.size(), longest.size())));
        if (!numbers(run).equals(beginning)) {
            throw new IllegalArgumentException(
                    "a control of the steps " + numbers(longest) + " learns nothing from the steps " + numbers(run));
        }
        run.stream().filter(exchange -> !exchange.isAsExpected()).findFirst().ifPresent(exchange -> {
            throw new IllegalArgumentException("step " + exchange.step().number()
                    + " was not answered as expected, so that there is nothing to learn from this run");
        });
        List<List<Exchange>> more = new ArrayList<>(runs);
        more.add(run);
        return learned(more);
    }

    private static List<Integer> numbers(List<Exchange> run) {
        return run.stream().map(exchange -> exchange.step().number()).toList();
    }

    /** The first of the runs are whole, those that came later may be shorter. */
    private static Control learned(List<List<Exchange>> runs) {
        List<Names> names = runs.stream().map(run -> new Names()).toList();
        Map<Integer, Norm> norms = new HashMap<>();
        List<Noise> noise = new ArrayList<>();
        Hearing.Learner heard = new Hearing.Learner(runs);
        for (int i = 0; i < runs.getFirst().size(); i++) {
            List<Exchange> exchanges = new ArrayList<>();
            List<Names> namesHere = new ArrayList<>();
            for (int run = 0; run < runs.size(); run++) {
                if (i < runs.get(run).size()) {
                    exchanges.add(runs.get(run).get(i));
                    namesHere.add(names.get(run));
                    names.get(run).begin(exchanges.getLast());
                }
            }
            int number = exchanges.getFirst().step().number();
            if (exchanges.stream().allMatch(exchange -> exchange.response().isPresent())) {
                Norm norm = learn(exchanges, namesHere);
                norms.put(number, norm);
                noise.addAll(NoiseFinder.in(number, norm, endAtTimes(exchanges)));
            }
            for (int run = 0; run < exchanges.size(); run++) {
                Comparison.remember(exchanges.get(run), namesHere.get(run));
            }
            heard.learn(number, names);
        }
        return new Control(runs, norms, noise, heard.hearing());
    }

    private static boolean endAtTimes(List<Exchange> exchanges) {
        return exchanges.stream().map(Exchange::opened).distinct().count() > 1;
    }

    private static Norm learn(List<Exchange> exchanges, List<Names> names) {
        List<Sample> samples = new ArrayList<>();
        for (int run = 0; run < exchanges.size(); run++) {
            Response response = exchanges.get(run).response().orElseThrow();
            samples.add(new Sample(ResponseTree.of(response).tree(), names.get(run)));
        }
        return Learning.norm("$", samples);
    }

    /** How a step was answered in each of the runs, as far as they were played. */
    public List<Exchange> exchanges(int step) {
        return runs.stream()
                .flatMap(List::stream)
                .filter(exchange -> exchange.step().number() == step)
                .toList();
    }

    /** How long a step took at most; zero for one that was never played. */
    public Duration took(int step) {
        return times(step).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    /** How long a step took at least; zero for one that was never played. */
    public Duration tookAtLeast(int step) {
        return times(step).min(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    private Stream<Duration> times(int step) {
        return runs.stream()
                .flatMap(List::stream)
                .filter(exchange -> exchange.step().number() == step)
                .map(Exchange::took);
    }

    /** The steps that leave a socket or a stream of events open, in each run or in some. */
    public SortedSet<Integer> opening() {
        return runs.stream()
                .flatMap(List::stream)
                .filter(Exchange::opened)
                .map(exchange -> exchange.step().number())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The steps whose stream ends at once in some runs, and stays open in others. */
    private Set<Integer> endingAtTimes() {
        Set<Integer> ended = runs.stream()
                .flatMap(List::stream)
                .filter(exchange -> !exchange.opened())
                .map(exchange -> exchange.step().number())
                .collect(Collectors.toSet());
        ended.retainAll(opening());
        return ended;
    }

    /** What open sockets hear in each run, one for each message. */
    public List<Told> told() {
        return hearing.told();
    }

    /** How long after its step a message came at most. */
    public Duration heardWithin() {
        return hearing.longest();
    }

    /** Begins the comparison of one more run. */
    public Comparison comparison() {
        return new Comparison(norms, endingAtTimes(), hearing.due());
    }

    /** The same control, which compares one step less: of what that answers nothing is concluded. */
    public Control disregarding(int step) {
        Map<Integer, Norm> others = new HashMap<>(norms);
        others.remove(step);
        return new Control(runs, others, noise, hearing);
    }

    /** Compares a run whole. */
    public List<Difference> differences(List<Exchange> run) {
        Comparison comparison = comparison();
        return run.stream()
                .flatMap(exchange -> comparison.next(exchange).stream())
                .toList();
    }

    /** What varied among the runs, in the order of the steps. */
    public List<Noise> noise() {
        return noise;
    }

    /**
     * The places where not only a value varied but what kind of thing there is: where an application answers now with what it
     * remembers and now without. Of steps that are compared.
     */
    public Set<String> varyingInKind() {
        return noise.stream()
                .filter(varying -> norms.containsKey(varying.step()))
                .filter(Noise::ofKind)
                .map(varying -> "step " + varying.step() + " " + varying.place())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The steps whose very status varied: such an application flickers by itself. */
    public Set<Integer> flickering() {
        Set<Integer> steps = new TreeSet<>();
        norms.forEach((number, norm) -> {
            if (norm instanceof Norm.Fields fields
                    && !(fields.always().get(ResponseTree.STATUS) instanceof Norm.Exact)) {
                steps.add(number);
            }
        });
        return steps;
    }
}
