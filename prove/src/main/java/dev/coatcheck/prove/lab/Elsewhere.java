package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.supervision.ExitWords;
import dev.coatcheck.formation.supervision.RunningProcess;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tries out instances that run already. Conversations are spread over them; nobody is started or killed, and nobody's memory
 * or disk is looked into. One trial at a time; for one thread.
 */
public final class Elsewhere implements Site {
    private static final Duration RESET_LIMIT = Duration.ofMinutes(5);

    private final ElsewhereSettings settings;
    private final List<GivenInstance> instances;

    Elsewhere(ElsewhereSettings settings) {
        this.settings = settings;
        this.instances = settings.instances().stream()
                .map(address -> new GivenInstance(address, settings.tlsName(address)))
                .toList();
    }

    /**
     * One that somebody else has started.
     *
     * @param host by which name it is known to TLS
     */
    record GivenInstance(URI address, String host) implements Instance {
        @Override
        public String name() {
            return address.getRawAuthority();
        }

        @Override
        public Optional<Target> target() {
            return Optional.of(new Target(name(), address).knownAs(host));
        }

        @Override
        public long servingPid() {
            return 0;
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public int answering() {
            return 1;
        }

        @Override
        public boolean hasTwins() {
            return false;
        }

        @Override
        public void takeTurns() {
            // Which process answers behind the address is not known.
        }

        @Override
        public Optional<String> unsteered() {
            return Optional.empty();
        }

        @Override
        public long linesWritten() {
            return 0;
        }

        @Override
        public List<String> linesSince(long written) {
            return List.of();
        }

        @Override
        public String lastLines() {
            return "";
        }
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    /** Where they have any, nobody can place them. */
    @Override
    public boolean hasWorkers() {
        return false;
    }

    @Override
    public boolean isReset() {
        return settings.reset().isPresent();
    }

    @Override
    public int mostProcesses() {
        return instances.size();
    }

    @Override
    public int given() {
        return instances.size();
    }

    @Override
    public Optional<String> hint(int control, Instance instance) {
        return control == 1
                ? Optional.of("; either the step, its path, its body or the status it expects is to be corrected, or "
                        + instance.name()
                        + " is the address of a balancer before several instances, in place of which those of"
                        + " the instances are to be given")
                : Optional.of("; the instance before did, and " + instance.name()
                        + " does not: it may be of another release or"
                        + " configuration, or "
                        + (isReset() ? "" : "a name of the scenario be taken already (use {{run}}), or ")
                        + "an address be that of a balancer before several instances");
    }

    @Override
    public String whereItFlickers() {
        return ". Each of the addresses was played to: one may be of another release or configuration, or be that of a balancer"
                + " before several instances, in place of which those of the instances are to be given";
    }

    @Override
    public void giveOwnNetworks(FixedPortException insisting) {
        throw insisting;
    }

    @Override
    public void age(Instance instance, Duration age, int requests) throws InterruptedException {
        // They differ in age and use by themselves; what tells the time in seconds must not say the same to all.
        Thread.sleep(age);
    }

    @Override
    public Trial begin(Plan plan, Scenario scenario, Optional<Control> control, int nameOffset, Manner manner)
            throws InterruptedException {
        check(plan);
        if (settings.reset().isPresent()) {
            reset(settings.reset().get());
        }
        PlaySettings play = manner.from(
                PlaySettings.of(settings.origin()).withVariables(settings.variables()), settings.requestLimit());
        Trial trial = new Trial(
                new Given(nameOffset), plan, scenario, new RunUser(plan, play, control), Trial.STARTED_AHEAD, manner);
        trial.begin();
        return trial;
    }

    private void check(Plan plan) {
        if (!plan.deaths().isEmpty()) {
            throw new InconclusiveException("instances that run elsewhere are not killed");
        }
        if (plan.seats().stream().anyMatch(seat -> seat.disk() != seat.process())) {
            throw new InconclusiveException(
                    "on which disk an instance works that runs elsewhere is not for the prover");
        }
        int processes = plan.processes();
        if (processes > instances.size()) {
            throw new InconclusiveException(
                    "it takes " + processes + " instances, and there are " + instances.size() + " addresses");
        }
    }

    private void reset(String command) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .directory(settings.folder().toFile());
        try (RunningProcess process =
                RunningProcess.start("reset.1", builder, new Journal(InstantSource.system(), _ -> {}))) {
            ExitStatus exit = process.onExit().get(RESET_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!exit.isSuccess()) {
                process.end(); // by then all that it wrote was read
                throw new InconclusiveException("the command of --reset " + ExitWords.of(exit) + "; its last lines:\n  "
                        + String.join("\n  ", process.recentLines()));
            }
        } catch (TimeoutException e) {
            throw new InconclusiveException(
                    "the command of --reset did not end within " + RESET_LIMIT.toMinutes() + " minutes", e);
        } catch (IOException | ExecutionException e) {
            throw new InconclusiveException("the command of --reset could not be run: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        // Others have started them, and others end them.
    }

    /** The instances, in an order that begins with another one where the offset is another. */
    private final class Given implements Processes {
        private final int offset;
        private final Instant begun = Instant.now();

        Given(int offset) {
            this.offset = offset;
        }

        @Override
        public Instance web(Seat seat) {
            return instances.get((seat.process() + offset) % instances.size());
        }

        @Override
        public Set<Integer> webProcesses() {
            return IntStream.range(0, instances.size()).boxed().collect(Collectors.toSet());
        }

        @Override
        public void startWeb(Seat seat) {
            // Others have.
        }

        @Override
        public Optional<LabInstance> takeWeb(int process) {
            return Optional.empty();
        }

        @Override
        public void retire(int process) {
            // It serves others as well.
        }

        @Override
        public void startWorkers(OptionalInt disk) {
            // Others have.
        }

        @Override
        public void awaitWorkers() {
            // None was started.
        }

        @Override
        public List<LabInstance> takeWorkers() {
            return List.of();
        }

        @Override
        public Set<Integer> disks() {
            return Set.of();
        }

        @Override
        public void giveUpDisk(int number) {
            // None was made.
        }

        @Override
        public void giveUpWorkersDisks() {
            // None was made.
        }

        @Override
        public List<LabInstance> instances() {
            return List.of();
        }

        /** What stands in for their starts, so that they are told apart; each has what it keeps for itself. */
        @Override
        public List<Run.Started> starts() {
            return instances.stream()
                    .map(instance -> new Run.Started(
                            instance.name(), instance.servingPid(), instance.name(), begun, Duration.ZERO))
                    .toList();
        }

        @Override
        public List<String> weaknesses() {
            return List.of();
        }

        @Override
        public void close() {
            // Nothing was started.
        }
    }
}
