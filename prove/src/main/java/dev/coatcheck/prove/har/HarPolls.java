package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests that were repeated until their answer was another one: played one after the other, they do not wait. */
final class HarPolls {
    private static final int FEWEST = 3;
    private static final int NOT_MODIFIED = 304;

    private HarPolls() {}

    private record Asked(String user, String method, String target) {}

    /** What there is to say of them, in sentences. */
    static List<String> notes(List<HarEntry> entries) {
        Map<Asked, List<HarEntry>> asked = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        for (HarEntry entry : entries) {
            if (entry.isSafe() && entry.response().status() != NOT_MODIFIED) {
                asked.computeIfAbsent(new Asked(entry.user(), entry.method(), entry.target()), key -> new ArrayList<>())
                        .add(entry);
            } else if (!entry.isSafe()) {
                // What is sent between may be what has changed the answer.
                note(asked, notes);
            }
        }
        note(asked, notes);
        return notes;
    }

    private static void note(Map<Asked, List<HarEntry>> asked, List<String> notes) {
        for (List<HarEntry> same : asked.values()) {
            if (same.size() >= FEWEST
                    && differ(same.getFirst().response(), same.getLast().response())) {
                HarEntry last = same.getLast();
                notes.add(last.method() + " " + last.url().map(HarUrl::path).orElse("") + " was asked " + same.size()
                        + " times until its answer had changed, and is played without that wait. If the control is refused,"
                        + " write the conversation in Hurl, with 'retry' at this request");
            }
        }
        asked.clear();
    }

    /** Headers say what time it is. */
    private static boolean differ(Response one, Response other) {
        return one.status() != other.status()
                || !one.content().sha256Hex().equals(other.content().sha256Hex());
    }
}
