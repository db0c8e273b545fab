package dev.coatcheck.state.cache;

import dev.coatcheck.state.StoredText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts what is asked of a store, or given to it, into rounds, so that the values that travel at once are bounded in sum:
 * {@link Cache#MOST_BYTES_AT_ONCE}.
 */
final class Rounds {
    private Rounds() {}

    /**
     * Cuts by number, since nobody knows what will be found.
     *
     * @param maxBytes of a value
     */
    static List<List<Question>> ofQuestions(List<Question> questions, int maxBytes) {
        int most = Math.max(1, Cache.MOST_BYTES_AT_ONCE / maxBytes);
        var rounds = new ArrayList<List<Question>>();
        for (int from = 0; from < questions.size(); from += most) {
            rounds.add(questions.subList(from, Math.min(from + most, questions.size())));
        }
        return rounds;
    }

    /** Cuts by what the values have. */
    static List<Map<Load, NewEntry>> ofEntries(Map<Load, NewEntry> entries) {
        var rounds = new ArrayList<Map<Load, NewEntry>>();
        Map<Load, NewEntry> round = new LinkedHashMap<>();
        long bytes = 0;
        for (var entry : entries.entrySet()) {
            int size = entry.getValue().value().map(StoredText::utf8Length).orElse(0);
            if (rounds.isEmpty() || bytes + size > Cache.MOST_BYTES_AT_ONCE) {
                round = new LinkedHashMap<>();
                rounds.add(round);
                bytes = 0;
            }
            round.put(entry.getKey(), entry.getValue());
            bytes += size;
        }
        return rounds;
    }
}
