package dev.coatcheck.formation;

import dev.coatcheck.formation.control.Controlled;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.host.process.OwnerMark;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The one-off processes that were begun beside the instances: {@code run.1}, {@code run.2}, … They belong to the terminal
 * that they were started in; here only their names are given out, and the builds that they run in kept. Safe for use by
 * several threads.
 */
final class OneOffs {
    private final Journal journal;
    private final Map<Integer, String> builds = new TreeMap<>();

    OneOffs(Journal journal) {
        this.journal = journal;
    }

    private record Lent(String name, Path folder, Map<String, String> environment, Runnable end)
            implements Controlled.OneOff {
        @Override
        public void close() {
            end.run();
        }
    }

    /** In the environment and folder of a release. The mark lets it end with the runner, as all that belongs to it does. */
    Controlled.OneOff begin(AttachedRelease attached, String command) {
        int number = take(attached.release().build());
        String name = "run." + number;
        Map<String, String> environment = new HashMap<>(attached.surroundings().environment());
        environment.put("COATCHECK_INSTANCE", name);
        environment.remove("PORT");
        String mark = OwnerMark.ofThisJvm().token() + "." + name;
        // As everywhere, the marks of the owner's own owners in front.
        environment.merge(OwnerMark.VARIABLE, mark, (inherited, ours) -> inherited + "," + ours);
        journal.tell(
                name, Kind.RUN_STARTED, Level.INFO, "running '" + command + "'", Map.of("release", attached.number()));
        return new Lent(name, attached.surroundings().folder(), environment, () -> end(number, name));
    }

    synchronized Set<String> builds() {
        return builds.values().stream().collect(Collectors.toUnmodifiableSet());
    }

    private synchronized int take(String build) {
        int number = 1;
        while (builds.containsKey(number)) {
            number++;
        }
        builds.put(number, build);
        return number;
    }

    private void end(int number, String name) {
        synchronized (this) {
            builds.remove(number);
        }
        journal.tell(name, Kind.RUN_ENDED, Level.INFO, "it has ended", Map.of());
    }
}
