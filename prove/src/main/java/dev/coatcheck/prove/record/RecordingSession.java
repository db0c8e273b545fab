package dev.coatcheck.prove.record;

import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One instance of an application with clean backing services and a disk of its own, as the control of a proof begins, behind a
 * {@link Recorder}: so that what is recorded can be played again.
 *
 * {@snippet :
 * try (RecordingSession session = RecordingSession.open(lab, 0)) {
 *     // … requests to session.address() …
 *     session.recorder().write(Path.of("login.har"));
 * }
 * }
 */
public final class RecordingSession implements AutoCloseable {
    private final Lab lab;
    private final Trial trial;
    private final Recorder recorder;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RecordingSession(Lab lab, Trial trial, Recorder recorder) {
        this.lab = lab;
        this.trial = trial;
        this.recorder = recorder;
    }

    /**
     * Starts the application and awaits that it is ready.
     *
     * @param port the recorder's TCP port, 0 for any that is free
     * @throws InconclusiveException if the application does not start
     * @throws IOException if the TCP port is taken
     */
    public static RecordingSession open(LabSettings settings, int port) throws IOException, InterruptedException {
        Lab lab = Lab.open(settings);
        try {
            Trial trial = begin(lab);
            try {
                return new RecordingSession(lab, trial, Recorder.before(address(trial), port));
            } catch (IOException | RuntimeException | InterruptedException e) {
                trial.close();
                throw e;
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            lab.close();
            throw e;
        }
    }

    private static Trial begin(Lab lab) throws InterruptedException {
        return lab.despiteFixedPorts(() -> beginOnce(lab));
    }

    /** Nobody plays the scenario: a trial has one. */
    private static Trial beginOnce(Lab lab) throws InterruptedException {
        Plan plan = Plan.together("recording", 1);
        Scenario scenario = StepLines.read(List.of("GET /"), lab.folder(), Set.of());
        Trial trial = lab.begin(plan, scenario, Optional.empty(), 0);
        try {
            trial.instance(plan.seat(1));
            return trial;
        } catch (RuntimeException | InterruptedException e) {
            trial.close();
            throw e;
        }
    }

    private static URI address(Trial trial) throws InterruptedException {
        return trial.instance(Plan.together("recording", 1).seat(1))
                .target()
                .map(Target::address)
                .orElseThrow(() -> new InconclusiveException("the application does not listen"));
    }

    /** Where requests are to go. */
    public URI address() {
        return recorder.address();
    }

    /** What a person should know who begins to record, in sentences. */
    public List<String> notes() {
        return lab.isReset()
                ? List.of()
                : List.of(
                        "an attached backing service is used as it is, and not made clean: what is in it already becomes part"
                                + " of the recording");
    }

    public Recorder recorder() {
        return recorder;
    }

    /** Ends all that it has started. What was recorded can still be written. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lab;
                    trial) {
                recorder.close();
            }
        }
    }
}
