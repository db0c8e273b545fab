package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.compare.Hearing.Expected;
import dev.coatcheck.prove.play.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * What one run is to hear, and in which of its messages that was found. What was found once stays found: later more values
 * have names, and the same message would read otherwise. For one thread.
 */
final class Due {
    private static final int NONE = -1;

    private final List<Expected> expected;

    /** The index of the message in which each was found. */
    private final int[] found;

    private final List<JsonNode> trees = new ArrayList<>();

    Due(List<Expected> expected) {
        this.expected = expected;
        this.found = new int[expected.size()];
        Arrays.fill(found, NONE);
    }

    /**
     * The messages that are missing after a step.
     *
     * @param all that was heard since the beginning; of two calls the later has what the earlier had, and more behind it
     */
    List<Difference> missing(int step, List<Message> all, Names names) {
        all.stream().skip(trees.size()).map(Hearing::tree).forEach(trees::add);
        List<Expected> missing = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (expected.get(i).after() <= step && found[i] == NONE) {
                BitSet moved = new BitSet();
                if (find(i, all, names, new BitSet(), moved)) {
                    moved.stream().forEach(index -> take(index, names));
                } else {
                    missing.add(expected.get(i));
                }
            }
        }
        List<Message> rest = new ArrayList<>(IntStream.range(0, all.size())
                .filter(index -> holder(index).isEmpty())
                .mapToObj(all::get)
                .toList());
        return missing.stream()
                .map(message -> difference(step, message, rest, names))
                .toList();
    }

    /**
     * Finds a message for one that is expected. Where another has taken the only one that fits, and could have a different
     * one, it gets that: what is known by its shape alone does not take what a later step tells.
     *
     * @param tried the messages that were looked at already
     * @param moved whose message is another one from now on
     */
    private boolean find(int index, List<Message> all, Names names, BitSet tried, BitSet moved) {
        for (int message = 0; message < all.size(); message++) {
            if (!tried.get(message) && fits(expected.get(index), message, all, names)) {
                tried.set(message);
                Optional<Integer> holder = holder(message);
                if (holder.isEmpty() || find(holder.get(), all, names, tried, moved)) {
                    found[index] = message;
                    moved.set(index);
                    return true;
                }
            }
        }
        return false;
    }

    private Optional<Integer> holder(int message) {
        return IntStream.range(0, found.length)
                .filter(index -> found[index] == message)
                .boxed()
                .findFirst();
    }

    private boolean fits(Expected due, int message, List<Message> all, Names names) {
        return all.get(message).socket() == due.socket()
                && names.ids()
                        .forgetting(() -> Matching.mismatches(due.norm(), trees.get(message), names)
                                .isEmpty());
    }

    /** Notes the ids that the message gives out. */
    private void take(int index, Names names) {
        List<Matching.Mismatch> _ = Matching.mismatches(expected.get(index).norm(), trees.get(found[index]), names);
    }

    /** Where another of its kind came that is missing nowhere else, that is what came instead. */
    private static Difference difference(int step, Expected missing, List<Message> rest, Names names) {
        Optional<Message> instead = rest.stream()
                .filter(other -> other.socket() == missing.socket()
                        && Hearing.kind(other).equals(missing.kind()))
                .findFirst();
        instead.ifPresent(rest::remove);
        return new Difference(
                step,
                Part.MESSAGE,
                Integer.toString(missing.socket()),
                Optional.of(Shown.of(missing.example())),
                instead.map(message -> Shown.of(names.rename(Hearing.shown(message)))));
    }
}
