package dev.coatcheck.prove.report;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.coatcheck.prove.check.Cause;
import java.util.Optional;
import java.util.stream.Collectors;

/** A leak told in sentences, the same ones in every face. */
final class LeakWords {
    private static final Pattern STATUS = Pattern.compile("status (\\S+) in the control, (\\S+) in the fleet");
    private static final Pattern VALUE =
            Pattern.compile("(.+?) was (.+) in the control and is (.+) in the fleet", Pattern.DOTALL);
    private static final Pattern MORE = Pattern.compile("(.+) in the fleet and missing in the control", Pattern.DOTALL);
    private static final Pattern SIDES = Pattern.compile("(.+) in the control, (.+) in the fleet", Pattern.DOTALL);

    /** An id that should be a new one, and is that of a variable of the scenario, or comes once more. */
    private static final Pattern ID = Pattern.compile(
            "body: (\\S+) was (?:\"‹a new id›\"|another one each time) in the control and is (\\S+) (?:\\(.+\\)|again) in the fleet");

    private static final Pattern COUNTED =
            Pattern.compile("in ([0-9]+) processes that let (.+) pass, where one refuses the (([0-9]+)[a-z]+)");

    /** Longer ones would hide the sentence that they stand in. */
    private static final int LONGEST_REQUEST = 60;

    private final boolean manyScenarios;

    LeakWords(Report report) {
        manyScenarios = report.scenarios().size() > 1;
    }

    /** As {@code POST /login (step 1)}; of a long request the beginning and the end, since its number tells which it is. */
    String name(StepRef step) {
        return shortened(step.request(), LONGEST_REQUEST) + " (" + (manyScenarios ? step.scenario() + ", " : "")
                + "step " + step.step() + ")";
    }

    /** As {@code memory: POST /login (step 1) → GET /me (step 2)}. */
    String title(FoundLeak leak) {
        return leak.cause().word() + ": "
                + leak.another().map(polluter -> name(polluter) + " → ").orElse("") + name(leak.victim());
    }

    /** As the title, with until when it is accepted, and why. */
    String accepted(FoundLeak leak) {
        Acceptance acceptance = leak.acceptance().orElseThrow();
        return title(leak) + ", until " + acceptance.until() + ": " + acceptance.reason();
    }

    /** So many characters of it at most, from its beginning and its end. */
    static String shortened(String request, int most) {
        if (request.codePointCount(0, request.length()) <= most) {
            return request;
        }
        int head = request.offsetByCodePoints(0, most / 2);
        int tail = request.offsetByCodePoints(request.length(), 1 - most / 2);
        return request.substring(0, head) + "…" + request.substring(tail);
    }

    /** What went wrong, in two or three sentences. */
    String happened(FoundLeak leak) {
        Optional<String> limit = limit(leak);
        if (limit.isPresent()) {
            return limit.get();
        }
        String sentence = leak.polluter()
                .map(polluter -> withPolluter(leak, name(polluter)))
                .orElseGet(() -> withoutPolluter(leak));
        return sentence + " " + consequence(leak)
                + leak.scope()
                        .map(scope -> (leak.cause() == Cause.STALE_CACHE ? " It was so " : " It shows ") + scope + ".")
                        .orElse("");
    }

    /** How often several processes let pass what one refuses; empty where the leak is another one. */
    private Optional<String> limit(FoundLeak leak) {
        Matcher status = STATUS.matcher(leak.difference());
        Matcher counted = COUNTED.matcher(leak.scope().orElse(""));
        if (leak.cause() != Cause.COUNTER || leak.another().isPresent() || !status.matches() || !counted.matches()) {
            return Optional.empty();
        }
        int passing = Integer.parseInt(counted.group(4)) - 1;
        return Optional.of("One process lets " + name(leak.victim()) + " pass "
                + (passing == 1 ? "once" : passing + " times") + " and answers the " + counted.group(3) + " with "
                + status.group(1) + ". "
                + counted.group(1) + " processes together let " + counted.group(2)
                + " pass: each counts for itself.");
    }

    /** What to look for in the code, where no place was found; empty where one was, or nobody knows what to look for. */
    Optional<String> whereToLook(FoundLeak leak) {
        if (!leak.locations().isEmpty()) {
            return Optional.empty();
        }
        String first = name(leak.polluter().orElse(leak.victim()));
        String second = name(leak.victim());
        String both = leak.another().isPresent() ? first + " and " + second : second;
        return switch (leak.cause()) {
            case MEMORY -> look(both, "a variable, map or session store in the process");
            case LOCAL_FILE -> look(first, "a file that it writes");
            case CACHED_FILE -> look(second, "a file that is read once, at the start");
            case PROCESS_SECRET -> look(both, "a key or secret that is made at the start");
            case STALE_CACHE -> look(second, "a cache or a variable that keeps what was read before");
            case COUNTER -> look(both, "a counter or rate limiter that counts in a variable");
            case REVOCATION -> look(both, "a list, map or cache in the process of what is valid or revoked");
            case ID_COLLISION -> look(both, "a counter in a variable, or an id made from the clock alone");
            case SOCKET_REGISTRY -> look(both, "the list or map of open sockets, and who sends to them");
            case LOST_JOB -> look(first, "work that goes on after the answer: a queue in memory, a thread, a timer");
            case LOST_WRITE -> look(first, "a write that is not waited for before the answer");
            case UNKNOWN -> Optional.empty();
        };
    }

    private static Optional<String> look(String where, String what) {
        return Optional.of("no place was found. Look in the code of " + where + " for " + what + ".");
    }

    /** Where it lives, in a line; empty where nobody knows. */
    String lives(FoundLeak leak) {
        return leak.locations().stream().map(LeakWords::location).collect(Collectors.joining("; "));
    }

    /** All that there is to say, a paragraph each, for faces without a layout. */
    String whole(FoundLeak leak) {
        String lives = lives(leak);
        return happened(leak)
                + (lives.isEmpty() ? "" : "\n\nIt lives in: " + lives)
                + whereToLook(leak).map(hint -> "\n\nWhere: " + hint).orElse("")
                + "\n\nWhat to do: " + leak.advice() + " (" + leak.cause().anchor() + ")"
                + "\n\nSee it again:\n" + leak.reproduce();
    }

    static String location(FoundLocation location) {
        return switch (location.kind()) {
            case HEAP -> location.path() + " in the heap of " + location.instance();
            case MEMORY -> location.instance() + ": " + location.path();
            case FILE -> location.path() + " on the disk of " + location.instance();
            case BACKING_SERVICE -> location.path() + " in " + location.instance();
        };
    }

    private String withPolluter(FoundLeak leak, String polluter) {
        String victim = name(leak.victim());
        if (leak.another().isEmpty()) {
            return withItself(leak, victim);
        }
        String where = instance(leak);
        return switch (leak.cause()) {
            case MEMORY -> polluter + " left something in the memory of " + where + " that " + victim + " needs.";
            case LOCAL_FILE -> polluter + " left a file on the disk of " + where + " that " + victim + " needs.";
            case CACHED_FILE ->
                polluter + " changed a file that each process reads only once, and " + victim + " needs the change.";
            case PROCESS_SECRET ->
                polluter + " gave out something that only " + where + " can verify or decrypt, with"
                        + " a secret it made at its start, and " + victim + " hands it in.";
            case STALE_CACHE ->
                polluter + " changed what " + victim + " reads, and other processes go on answering"
                        + " from a copy of their own.";
            case COUNTER ->
                "From " + polluter + " on, each process counts for itself. " + victim
                        + " is refused by a single process, but not by several.";
            case REVOCATION ->
                "After " + polluter + ", the cookies and values of before it still work in another process.";
            case ID_COLLISION ->
                polluter + " and " + victim + " were served by different processes, which gave out the same id.";
            case SOCKET_REGISTRY ->
                "Only " + where + " knows the socket of " + polluter + ", so " + victim
                        + " on another process does not reach it.";
            case LOST_JOB ->
                polluter + " was answered, but the work it asked for died with the process that answered; " + victim
                        + " never sees it done.";
            case LOST_WRITE ->
                polluter + " was answered before its data was stored. The process"
                        + " was killed right after, and "
                        + victim + " misses the data.";
            case UNKNOWN ->
                polluter + " left something in " + where + " that " + victim
                        + " needs; what kind of place it is in could not be told.";
        };
    }

    /** What a step is to itself, when it comes again. */
    private static String withItself(FoundLeak leak, String step) {
        return switch (leak.cause()) {
            case COUNTER ->
                leak.difference().startsWith("status ")
                        ? "Each process counts " + step + " for itself: sent again and again, it is refused by a single"
                                + " process, but not by several."
                        : "Each process counts for itself what " + step + " tells: sent to several in turn, it comes to"
                                + " the same number more than once.";
            case REVOCATION -> step + " uses up what it is sent with, and only the process that took it knows.";
            case ID_COLLISION -> step + " was sent once more to another process, which gave out the same id.";
            case MEMORY,
                    LOCAL_FILE,
                    CACHED_FILE,
                    PROCESS_SECRET,
                    STALE_CACHE,
                    SOCKET_REGISTRY,
                    LOST_JOB,
                    LOST_WRITE,
                    UNKNOWN -> step + " leaves something in its process that it needs when it comes again.";
        };
    }

    private String withoutPolluter(FoundLeak leak) {
        String victim = name(leak.victim());
        return victim
                + " goes wrong when the conversation is split over processes, and no single step before it explains that. "
                + leak.cause().sentence();
    }

    private String consequence(FoundLeak leak) {
        Matcher status = STATUS.matcher(leak.difference());
        String other = other(leak);
        if (leak.cause() == Cause.SOCKET_REGISTRY) {
            return "Where the two are on different processes, " + inProcesses(leak.difference()) + ".";
        }
        if (leak.cause() == Cause.REVOCATION && leak.another().isPresent() && status.matches()) {
            return name(leak.victim()) + ", sent with them, gets " + status.group(1)
                    + " where one process serves all, and " + status.group(2) + " from another one.";
        }
        if (status.matches()) {
            return other + " answers " + status.group(2) + " instead of " + status.group(1) + ".";
        }
        Matcher id = ID.matcher(leak.difference());
        if (leak.cause() == Cause.ID_COLLISION && id.matches()) {
            return "Both answered " + id.group(1) + " " + id.group(2) + "; one process gives a new one each time. The"
                    + " second thing may overwrite the first.";
        }
        Matcher value = VALUE.matcher(leak.difference());
        if (value.matches() && !value.group(3).equals("missing")) {
            return other + " answers " + value.group(3) + " instead of " + value.group(2) + " (" + value.group(1)
                    + ").";
        }
        String difference = inProcesses(leak.difference());
        return other + " answers differently: " + difference + (difference.endsWith(".") ? "" : ".");
    }

    /** What differs, in words that need no explanation: the control is one process, the fleet several. */
    private static String inProcesses(String difference) {
        Matcher value = VALUE.matcher(difference);
        if (value.matches()) {
            return value.group(1) + " is " + value.group(2) + " with one process and " + value.group(3)
                    + " with several";
        }
        Matcher more = MORE.matcher(difference);
        if (more.matches()) {
            return more.group(1) + " with several processes, and missing with one";
        }
        Matcher sides = SIDES.matcher(difference);
        return sides.matches() ? sides.group(1) + " with one process, " + sides.group(2) + " with several" : difference;
    }

    /** Who answers wrongly. */
    private static String other(FoundLeak leak) {
        return switch (leak.cause()) {
            case LOCAL_FILE -> "A process with another disk";
            case CACHED_FILE -> "A process that has read it before";
            case LOST_JOB, LOST_WRITE -> "After the kill it";
            case ID_COLLISION -> "The second";
            case COUNTER -> "With several processes it";
            case STALE_CACHE, REVOCATION -> "Another process";
            case MEMORY, PROCESS_SECRET, SOCKET_REGISTRY, UNKNOWN -> "Any other process";
        };
    }

    private static String instance(FoundLeak leak) {
        return leak.locations().stream()
                .filter(location -> location.kind() != FoundLocation.Kind.BACKING_SERVICE)
                .map(FoundLocation::instance)
                .findFirst()
                .orElse("one process");
    }
}
