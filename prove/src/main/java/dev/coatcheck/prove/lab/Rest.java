package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.isolation.FileChange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Waits until processes have written nothing to their disks for a moment: many an application answers first and writes
 * then, by way of a temporary file.
 */
public final class Rest {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(150);
    private static final int LOOKS_ALIKE = 3;

    /** Who writes all the time, a log for example, is not waited for. */
    private static final int MOST_LOOKS = 12;

    private Rest() {}

    /** Takes a third of a second where nothing is written, and two seconds at the most. */
    public static void await(Collection<LabInstance> instances) throws InterruptedException {
        List<FileChange> last = changes(instances);
        int alike = 1;
        for (int look = 1; look < MOST_LOOKS && alike < LOOKS_ALIKE; look++) {
            Thread.sleep(BETWEEN_LOOKS);
            List<FileChange> now = changes(instances);
            alike = now.equals(last) ? alike + 1 : 1;
            last = now;
        }
    }

    private static List<FileChange> changes(Collection<LabInstance> instances) {
        List<FileChange> changes = new ArrayList<>();
        for (LabInstance instance : instances) {
            try {
                changes.addAll(instance.layer().changes());
            } catch (IOException e) {
                // What cannot be looked at is taken to be at rest.
            }
        }
        return changes;
    }
}
