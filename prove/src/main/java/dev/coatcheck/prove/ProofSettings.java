package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be proved, and how.
 *
 * @param lab the application, and how it is tried out
 * @param scenarios what is played; each is proved for itself
 * @param instances over how many processes a conversation is spread at once, at least two
 * @param checks which are made
 * @param lease how long after a kill another process may take up what the killed one had begun: as long as the leases of
 *     the application's job queue are
 * @param horizon how long processes that answer differently after a write are waited for to agree, to say how long it took
 * @param command how the user started the proof, without what chooses checks and reports: to be shown for a repetition
 * @param folder the application's folder, from where the prover was started
 * @param versions of what has a part in it, by name, for the report
 * @param baseline the leaks that are accepted
 */
public record ProofSettings(
        LabSettings lab,
        List<Source> scenarios,
        int instances,
        Set<Check> checks,
        Duration lease,
        Duration horizon,
        String command,
        String folder,
        Map<String, String> versions,
        Baseline baseline) {
    /** Few, and yet more than two, whom every second request would meet again. */
    public static final int INSTANCES = 3;

    /** Longer than the leases that queues give by default. */
    public static final Duration LEASE = Duration.ofSeconds(45);

    /** Longer than most copies are kept of what is asked for all the time. */
    public static final Duration HORIZON = Duration.ofSeconds(10);

    public ProofSettings {
        scenarios = List.copyOf(scenarios);
        checks = Collections.unmodifiableSet(EnumSet.copyOf(checks));
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException("a proof needs a scenario");
        }
        if (instances < 2) {
            throw new IllegalArgumentException("a conversation is split over two instances or more, not " + instances);
        }
        if (lease.isNegative()) {
            throw new IllegalArgumentException("a lease is not " + lease);
        }
        if (horizon.isNegative()) {
            throw new IllegalArgumentException("a horizon is not " + horizon);
        }
    }

    /**
     * A scenario and where it came from.
     *
     * @param file from where the prover was started; empty for steps of the command line
     */
    public record Source(Scenario scenario, Optional<String> file) {}

    /** All checks, three instances, and patience for the usual leases. */
    public static ProofSettings of(LabSettings lab, Scenario scenario) {
        return new ProofSettings(
                lab,
                List.of(new Source(scenario, Optional.empty())),
                INSTANCES,
                EnumSet.allOf(Check.class),
                LEASE,
                HORIZON,
                "coatcheck prove",
                ".",
                Map.of(),
                Baseline.none());
    }

    public ProofSettings withLease(Duration other) {
        return new ProofSettings(
                lab, scenarios, instances, checks, other, horizon, command, folder, versions, baseline);
    }
}
