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

    /** So many messages are tried at most for one that nobody has; of thousands that are alike it may as well be missing. */
    private static final int MOST_LOOKS = 1_000;

    private final List<Expected> expected;

    /** The index of the message in which each was found. */
    private final int[] found;

    private final List<JsonNode> trees = new ArrayList<>();

    /** For which that is expected each message was found. */
    private final List<Integer> holders = new ArrayList<>();

    /** How often it may still be looked whether a message is the one. */
    private int looks;

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
        all.stream().skip(trees.size()).map(Hearing::tree).forEach(tree -> {
            trees.add(tree);
            holders.add(NONE);
        });
        List<Expected> missing = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (expected.get(i).after() <= step && found[i] == NONE) {
                BitSet moved = new BitSet();
                looks = all.size() + MOST_LOOKS;
                if (finds(i, all, names, moved)) {
                    moved.stream().forEach(index -> take(index, names));
                } else {
                    missing.add(expected.get(i));
                }
            }
        }
        List<Message> rest = new ArrayList<>(IntStream.range(0, all.size())
                .filter(index -> holders.get(index) == NONE)
                .mapToObj(all::get)
                .toList());
        return missing.stream()
                .map(message -> difference(step, message, rest, names))
                .toList();
    }

    /** Finds a message that nobody has, or else one that another has who could have a different one. */
    private boolean finds(int index, List<Message> all, Names names, BitSet moved) {
        if (findsFree(index, all, names, moved)) {
            return true;
        }
        looks = Math.min(looks, MOST_LOOKS);
        return findsHeld(index, all, names, new BitSet(), moved);
    }

    /** @param moved whose message is another one from now on */
    private boolean findsFree(int index, List<Message> all, Names names, BitSet moved) {
        for (int message = 0; message < all.size(); message++) {
            if (holders.get(message) == NONE && fits(index, message, all, names)) {
                give(index, message, moved);
                return true;
            }
        }
        return false;
    }

    /**
     * Finds one that another has who could have a different one, and gets that: what is known by its shape alone does not
     * take what a later step tells.
     *
     * @param tried the messages that were looked at already
     */
    private boolean findsHeld(int index, List<Message> all, Names names, BitSet tried, BitSet moved) {
        for (int message = 0; message < all.size() && looks > 0; message++) {
            int holder = holders.get(message);
            if (holder != NONE && !tried.get(message) && fits(index, message, all, names)) {
                tried.set(message);
                if (findsFree(holder, all, names, moved) || findsHeld(holder, all, names, tried, moved)) {
                    give(index, message, moved);
                    return true;
                }
            }
        }
        return false;
    }

    private void give(int index, int message, BitSet moved) {
        found[index] = message;
        holders.set(message, index);
        moved.set(index);
    }

    private boolean fits(int index, int message, List<Message> all, Names names) {
        Expected due = expected.get(index);
        return all.get(message).socket() == due.socket()
                && looks-- > 0
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
