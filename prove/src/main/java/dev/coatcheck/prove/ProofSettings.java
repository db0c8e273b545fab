package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.har.HarReader;
import dev.coatcheck.prove.lab.ElsewhereSettings;
import dev.coatcheck.prove.lab.SiteSettings;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.ScenarioFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be proved, and how.
 *
 * @param site the application, and how it is tried out
 * @param scenarios what is played; each is proved for itself
 * @param instances over how many processes a conversation is spread at once, at least two; all of them where they are given
 * @param chosen the checks that somebody has chosen; empty where nobody did, and the usual ones are made
 * @param lease how long after a kill another process may take up what the killed one had begun: as long as the leases of
 *     the application's job queue are
 * @param horizon how long processes that answer differently after a write are waited for to agree, to say how long it took
 * @param command how the user started the proof, without what chooses checks and reports: to be shown for a repetition
 * @param folder the application's folder, from where the prover was started
 * @param versions of what has a part in it, by name, for the report
 * @param baseline the leaks that are accepted
 * @param strict whether advice counts: a proof that has some fails
 */
public record ProofSettings(
        SiteSettings site,
        List<Source> scenarios,
        int instances,
        Optional<Set<Check>> chosen,
        Duration lease,
        Duration horizon,
        String command,
        String folder,
        Map<String, String> versions,
        Baseline baseline,
        boolean strict) {
    /** Few, and yet more than two, whom every second request would meet again. */
    public static final int INSTANCES = 3;

    /** Longer than the leases that queues give by default. */
    public static final Duration LEASE = Duration.ofSeconds(45);

    /** Longer than most copies are kept of what is asked for all the time. */
    public static final Duration HORIZON = Duration.ofSeconds(10);

    public ProofSettings {
        instances = site.instances(instances);
        scenarios = List.copyOf(scenarios);
        chosen = chosen.map(checks -> Collections.unmodifiableSet(EnumSet.copyOf(checks)));
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

    /** Which checks are made. */
    public Set<Check> checks() {
        return chosen.orElseGet(Check::byDefault);
    }

    /**
     * A scenario and where it came from.
     *
     * @param file from where the prover was started; empty for steps of the command line
     * @param recorded whether nobody wrote it: what it sends is the same in every run, but for what responses give
     * @param notes what its user has to know of it, in sentences
     */
    public record Source(Scenario scenario, Optional<String> file, boolean recorded, List<String> notes) {
        public Source {
            notes = List.copyOf(notes);
        }

        /** One that a person wrote. */
        public Source(Scenario scenario, Optional<String> file) {
            this(scenario, file, false, List.of());
        }

        /**
         * Reads a file of any kind that is known by its name.
         *
         * @param shown how reports call the file
         * @param variables the names of the values that will be given when the scenario is played
         * @throws InvalidScenarioException at the first thing that is wrong, with its place
         */
        public static Source read(Path file, String shown, Collection<String> variables) {
            return read(file, shown, variables, Optional.empty());
        }

        /**
         * As above, where recordings need not tell the application's address themselves.
         *
         * @param recordedAt what it was when they were made; empty where they tell it
         */
        public static Source read(Path file, String shown, Collection<String> variables, Optional<URI> recordedAt) {
            boolean recorded = file.toString().toLowerCase(Locale.ROOT).endsWith(".har");
            Reading reading = recorded ? HarReader.read(file, recordedAt) : ScenarioFiles.read(file, variables);
            return new Source(reading.scenario(), Optional.of(shown), recorded, reading.notes());
        }

        /**
         * Gives those that have one name the ends of their paths for names, as short as tells them apart: reports and baselines know
         * a leak by its scenario's.
         *
         * @throws InvalidScenarioException if a file is given twice
         */
        public static List<Source> toldApart(List<Source> sources) {
            Map<String, List<Source>> named = sources.stream()
                    .collect(Collectors.groupingBy(source -> source.scenario().name()));
            List<Source> apart = new ArrayList<>();
            for (Source source : sources) {
                List<Source> alike = named.getOrDefault(source.scenario().name(), List.of());
                apart.add(alike.size() < 2 ? source : source.named(source.endUnlike(alike)));
            }
            return apart;
        }

        private String endUnlike(List<Source> alike) {
            for (int names = 1; names <= path().getNameCount(); names++) {
                String end = end(names);
                int length = names;
                if (alike.stream()
                                .filter(other -> other.end(length).equals(end))
                                .count()
                        == 1) {
                    return end;
                }
            }
            throw new InvalidScenarioException(file.orElse(scenario.name()), "is given twice");
        }

        private Path path() {
            return Path.of(file.orElse(scenario.name())).toAbsolutePath().normalize();
        }

        private String end(int names) {
            int all = path().getNameCount();
            return path().subpath(Math.max(0, all - names), all).toString();
        }

        private Source named(String name) {
            return new Source(new Scenario(name, scenario.steps()), file, recorded, notes);
        }
    }

    /**
     * Those of the checks that are left out, and why. What {@code again} repeats a dozen times stays in a service that nobody
     * makes clean: limits used up, orders, mails, a locked account. So there it is made only where the checks were chosen.
     *
     * @param reset whether all backing services are made clean between the runs
     */
    Map<Check, String> leftOut(boolean reset) {
        Map<Check, String> leftOut = new EnumMap<>(Check.class);
        if (!reset && chosen.isEmpty()) {
            leftOut.put(Check.AGAIN, CheckResult.NOT_ASKED_FOR);
        }
        if (site instanceof ElsewhereSettings) {
            checks().stream().filter(Check::kills).forEach(check -> leftOut.put(check, CheckResult.NOT_KILLED));
        }
        return leftOut;
    }

    /** The usual checks, three instances, and patience for the usual leases. */
    public static ProofSettings of(SiteSettings site, Scenario scenario) {
        return of(site, List.of(new Source(scenario, Optional.empty())), Optional.empty());
    }

    /** Some checks of what was read, with three instances, and patience for the usual leases. */
    public static ProofSettings of(SiteSettings site, List<Source> scenarios, Set<Check> checks) {
        return of(site, scenarios, Optional.of(checks));
    }

    private static ProofSettings of(SiteSettings site, List<Source> scenarios, Optional<Set<Check>> chosen) {
        return new ProofSettings(
                site,
                scenarios,
                INSTANCES,
                chosen,
                LEASE,
                HORIZON,
                "coatcheck prove",
                ".",
                Map.of(),
                Baseline.none(),
                false);
    }

    public ProofSettings withLease(Duration other) {
        return new ProofSettings(
                site, scenarios, instances, chosen, other, horizon, command, folder, versions, baseline, strict);
    }
}
