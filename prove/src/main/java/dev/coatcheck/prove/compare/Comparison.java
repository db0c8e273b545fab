package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.compare.Matching.Mismatch;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares one run of a fleet with the control, step by step, in the order in which they were played. For one thread. */
public final class Comparison {
    private static final Pattern PLACE =
            Pattern.compile("\\$\\.(headers|cookies|json|lines|bytes)(.*)", Pattern.DOTALL);
    private static final Pattern INDEX = Pattern.compile("\\[(\\d+)].*", Pattern.DOTALL);

    private static final int SHORTEST_COOKIE = 12;

    private final Map<Integer, Norm> norms;
    private final Set<Integer> endingAtTimes;
    private final Due due;
    private final Names names = new Names();

    /** @param endingAtTimes the steps that leave a stream open in some runs of the control, and not in all */
    Comparison(Map<Integer, Norm> norms, Set<Integer> endingAtTimes, Due due) {
        this.norms = norms;
        this.endingAtTimes = Set.copyOf(endingAtTimes);
        this.due = due;
    }

    /** Later steps may repeat the cookies that this one has set. A short one may well be the name of an instance. */
    static void remember(Exchange exchange, Names names) {
        exchange.response().map(Response::cookies).orElse(Map.of()).forEach((name, value) -> {
            if (value.length() >= SHORTEST_COOKIE) {
                names.add("cookie " + name + " of step " + exchange.step().number(), value);
            }
        });
    }

    /**
     * What the exchange has that the control's have not, or the other way round: empty, where it differs no more than the
     * control does by itself, and where the control has nothing to compare with.
     */
    public List<Difference> next(Exchange exchange) {
        return next(exchange, true);
    }

    /**
     * As {@link #next(Exchange)}.
     *
     * @param inTime whether a stream that ends in the control has to have ended here as well; not where others load the
     *     machine, or where a worker was killed whose work is taken up when its lease is over
     */
    public List<Difference> next(Exchange exchange, boolean inTime) {
        int step = exchange.step().number();
        names.begin(exchange);
        Norm norm = norms.get(step);
        if (norm == null) {
            remember(exchange, names);
            return List.of();
        }
        List<Difference> differences = new ArrayList<>();
        Optional<Response> response = exchange.response();
        if (response.isEmpty()) {
            differences.add(new Difference(
                    step, Part.ANSWER, "", Optional.of("a response"), Optional.of(words(exchange.outcome()))));
            return differences;
        }
        ResponseTree tree = ResponseTree.of(response.get());
        for (Mismatch mismatch : Matching.mismatches(norm, tree.tree(), names)) {
            differences.add(difference(step, mismatch, tree.lineNumbers()));
        }
        remember(exchange, names);
        boolean isOfStatus = differences.stream().anyMatch(difference -> difference.part() == Part.STATUS);
        if (isOfStatus) {
            // Another status has another body: to list that as well would hide what matters.
            differences.removeIf(difference -> difference.part() == Part.BODY);
        }
        if (endingAtTimes.contains(step) || (exchange.opened() && !inTime)) {
            // Whether a stream ends just before it is seen to go on is chance there, and so is what has come of it.
            differences.removeIf(difference -> difference.part() == Part.BODY);
        }
        if (!isOfStatus) {
            // What the scenario asks for by itself tells more than what else is another thing in the body.
            exchange.unmet()
                    .forEach(unmet -> differences.add(
                            new Difference(step, Part.EXPECTATION, "", Optional.empty(), Optional.of(unmet))));
        }
        return differences;
    }

    /**
     * What open sockets should have heard after the step that was compared last, and have not.
     *
     * @param all that they have heard since the beginning
     */
    public List<Difference> unheard(int step, List<Message> all) {
        return due.missing(step, all, names);
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered answered -> "a response";
            case Outcome.Failed failed -> failed.failure() + " (" + failed.why() + ")";
            case Outcome.NotSent notSent -> "not sent (" + notSent.why() + ")";
        };
    }

    private static Difference difference(int step, Mismatch mismatch, List<Integer> lineNumbers) {
        Matcher place = PLACE.matcher(mismatch.place());
        if (!place.matches()) {
            return new Difference(step, Part.STATUS, "", mismatch.control(), mismatch.fleet());
        }
        String inside = place.group(2);
        return switch (place.group(1)) {
            case ResponseTree.HEADERS -> of(step, Part.HEADER, capitalized(name(inside)), mismatch);
            case ResponseTree.COOKIES -> of(step, Part.COOKIE, name(inside), unquoted(mismatch));
            case ResponseTree.JSON -> of(step, Part.BODY, "$" + inside, mismatch);
            case ResponseTree.LINES -> of(step, Part.BODY, line(inside, lineNumbers), mismatch);
            default -> of(step, Part.BODY, inside.isEmpty() ? "the bytes" : "its " + name(inside), mismatch);
        };
    }

    private static Difference of(int step, Part part, String place, Mismatch mismatch) {
        return new Difference(step, part, place, mismatch.control(), mismatch.fleet());
    }

    private static Mismatch unquoted(Mismatch mismatch) {
        return new Mismatch(
                mismatch.place(),
                mismatch.control().map(words -> words.replace("\"", "")),
                mismatch.fleet().map(words -> words.replace("\"", "")));
    }

    private static String name(String inside) {
        return inside.replaceAll("^\\.|^\\['|']$", "");
    }

    /** As people write the names of headers: {@code Content-Type}. */
    private static String capitalized(String header) {
        return Pattern.compile("(^|-)[a-z]")
                .matcher(header)
                .replaceAll(start -> start.group().toUpperCase(Locale.ROOT));
    }

    private static String line(String inside, List<Integer> lineNumbers) {
        Matcher matcher = INDEX.matcher(inside);
        if (!matcher.matches()) {
            return inside.isEmpty() ? "the text" : "a line";
        }
        int index = Integer.parseInt(matcher.group(1));
        return "line " + (index < lineNumbers.size() ? lineNumbers.get(index) : "after the last");
    }
}
