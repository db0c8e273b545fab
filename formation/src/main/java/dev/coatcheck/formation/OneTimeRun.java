package dev.coatcheck.formation;

import dev.coatcheck.formation.Abort.AbortedException;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.supervision.ExitWords;
import dev.coatcheck.formation.supervision.RunningProcess;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A process that is run once to its end: the build command, the release.
 *
 * @param what in words, {@code release}; its instance is named {@code release.1}
 * @param stopLimit how long it may take to end when it is no longer wanted: a migration wants to end where it can go on
 */
record OneTimeRun(String what, String command, Path folder, Map<String, String> environment, Duration stopLimit) {

    /**
     * Runs it to its end.
     *
     * @throws AbortedException when it is no longer wanted; by then it has ended, on SIGTERM if it could in time
     * @throws FormationException if it does not exit with status 0
     */
    void run(Kind started, Kind ended, Journal journal, Abort abort)
            throws IOException, InterruptedException, AbortedException {
        String name = what + ".1";
        Map<String, String> own = new HashMap<>(environment);
        own.put("COATCHECK_INSTANCE", name);
        own.remove("PORT"); // which may be somebody's own, for a start by hand, and is the router's here
        abort.goOn();
        journal.tell(name, started, Level.INFO, "running the " + what, Map.of());
        ExitStatus exit;
        try (RunningProcess process = RunningProcess.start(name, command, folder, own, journal)) {
            try {
                abort.await(process.onExit());
            } catch (AbortedException e) {
                end(process, name, ended, journal, abort);
                throw e;
            }
            exit = process.end();
        }
        journal.tell(
                name,
                ended,
                exit.isSuccess() ? Level.INFO : Level.ERROR,
                "the " + what + " " + exit,
                Map.of("status", exit.code()));
        if (!exit.isSuccess()) {
            throw new FormationException("the " + what + " failed: '" + command + "' " + ExitWords.of(exit));
        }
    }

    private void end(RunningProcess process, String name, Kind ended, Journal journal, Abort abort)
            throws InterruptedException {
        journal.tell(
                Kind.NOTE,
                Level.INFO,
                "asking the " + what + " to end; it has " + stopLimit.toSeconds() + " s for that",
                Map.of("instance", name));
        process.terminate(Signal.TERM, stopLimit, abort::isKill);
        ExitStatus exit = process.end();
        journal.tell(
                name, ended, Level.WARNING, "the " + what + " was ended early: " + exit, Map.of("status", exit.code()));
    }
}
