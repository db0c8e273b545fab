package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.supervision.ExitWords;
import dev.coatcheck.formation.supervision.Instance.Surroundings;
import dev.coatcheck.formation.supervision.RunningProcess;
import dev.coatcheck.host.process.ExitStatus;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one run of the process type {@code release}, which another thread may end early. */
final class ReleaseRun {
    private final ProcessType type;
    private final Surroundings surroundings;
    private @Nullable RunningProcess running;
    private boolean ended;

    ReleaseRun(ProcessType type, Surroundings surroundings) {
        this.type = type;
        this.surroundings = surroundings;
    }

    /**
     * Runs it to its end; a run that was ended early counts as one that failed.
     *
     * @throws FormationException if it does not exit with status 0
     */
    void run() throws IOException, InterruptedException {
        String name = type.name() + ".1";
        surroundings.journal().tell(name, Kind.RELEASE_STARTED, Level.INFO, "running the release", Map.of());
        ExitStatus exit;
        try (RunningProcess process = start(name)) {
            process.onExit().join();
            exit = process.end();
        }
        surroundings
                .journal()
                .tell(
                        name,
                        Kind.RELEASE_ENDED,
                        exit.isSuccess() ? Level.INFO : Level.ERROR,
                        "the release " + exit,
                        Map.of("status", exit.code()));
        if (!exit.isSuccess()) {
            throw new FormationException("the release failed: '" + type.command() + "' " + ExitWords.of(exit)
                    + "; nothing else was started");
        }
    }

    /** Kills it, or keeps it from being started. */
    synchronized void end() {
        ended = true;
        if (running != null) {
            running.close();
        }
    }

    private synchronized RunningProcess start(String name) throws IOException {
        if (ended) {
            throw new FormationException("stopped before the release was run");
        }
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment.put("COATCHECK_INSTANCE", name);
        RunningProcess started =
                RunningProcess.start(name, type.command(), surroundings.folder(), environment, surroundings.journal());
        running = started;
        return started;
    }
}
