package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Findings;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Run;
import java.util.List;
import java.util.Optional;

/**
 * What there is to tell of an application whose instances answer with several processes each, as pre-forking servers do. All
 * checks send the steps of an instance to one of them; what two instances lack of each other, two of them may lack as well.
 */
final class AmongProcesses {
    private AmongProcesses() {}

    /**
     * Whether a leak that was found is one within a single instance already. Plays a run, where that can be, and another one
     * where it breaks: once may be an accident.
     */
    static List<String> notes(LabStage stage, Findings findings, int answering) throws InterruptedException {
        if (answering < 2 || findings.leaks().isEmpty()) {
            return List.of();
        }
        try {
            Optional<Integer> broken = brokenVictim(stage, findings);
            return broken.isPresent() && broken.equals(brokenVictim(stage, findings))
                    ? List.of(note(broken.get(), answering))
                    : List.of();
        } catch (InconclusiveException e) {
            return List.of(
                    "whether the state leaks within a single instance already could not be tried: " + e.reason());
        }
    }

    private static Optional<Integer> brokenVictim(LabStage stage, Findings findings) throws InterruptedException {
        return stage.amongProcesses()
                .broken()
                .map(Run.Break::step)
                .filter(step -> findings.leaks().stream().anyMatch(leak -> leak.victim() == step));
    }

    private static String note(int step, int answering) {
        return answering
                + " processes of one instance answer at its TCP port, and what one of them keeps the others lack:"
                + " step " + step + " breaks as soon as another of them answers it than the step before. So this state"
                + " leaks within a single instance already, whenever a request comes to another of its processes. All"
                + " other runs sent the steps of an instance to one and the same of them";
    }
}
