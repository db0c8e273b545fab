package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.isolation.Mechanism;
import dev.coatcheck.prove.isolation.ScratchFolder;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tries an application out: each trial begins with clean disks, clean backing services and a release, and leaves nothing
 * behind. One trial at a time; for one thread.
 *
 * {@snippet :
 * try (Lab lab = Lab.open(LabSettings.of(application, Isolation.probe()));
 *         Trial trial = lab.begin(plan, scenario, Optional.of(control), 0)) {
 *     trial.playUpTo(plan.steps());
 *     Run run = trial.run();
 * }
 * }
 */
public final class Lab implements Site {
    private static final int SECRET_BYTES = 32;

    /** Web processes that are started ahead: with ten connections each they are half of what the database takes. */
    private static final int MOST_AHEAD = 16;

    private final LabSettings settings;
    private final ScratchFolder scratch;
    private final Services services;
    private final Workshop workshop;

    private Lab(LabSettings settings, ScratchFolder scratch, Services services) {
        this.settings = settings;
        this.scratch = scratch;
        this.services = services;
        Map<String, String> attached = new HashMap<>(services.variables());
        settings.application().secrets().forEach(name -> attached.put(name, secret()));
        this.workshop = new Workshop(settings, attached);
    }

    /**
     * Starts the backing services that the application asks for and that its environment does not attach.
     *
     * @throws InconclusiveException if one does not come up, or one that is attached does not answer
     */
    public static Lab open(LabSettings settings) {
        Application application = settings.application();
        AttachedServices.check(application.environment());
        ScratchFolder scratch;
        try {
            scratch = ScratchFolder.create("coatcheck-lab-");
        } catch (IOException e) {
            throw new InconclusiveException("cannot make a temporary folder for a proof: " + e.getMessage(), e);
        }
        try {
            return new Lab(settings, scratch, Services.start(application.services(), scratch.path()));
        } catch (RuntimeException e) {
            delete(scratch);
            throw e;
        }
    }

    @Override
    public List<String> notes() {
        return workshop.notes();
    }

    /** The application's folder. */
    public Path folder() {
        return settings.application().folder();
    }

    /** What is run. */
    public Application application() {
        return settings.application();
    }

    /** Whether what an instance writes anywhere is its own, and can be told from what others write. */
    public boolean hasDisksOfTheirOwn() {
        return settings.isolation().mechanism() != Mechanism.COPY;
    }

    /** In words, how the application does not do with the TCP port that it is told; empty where it does. */
    public Optional<String> insistenceOnPort() {
        return workshop.insistence();
    }

    /** How long a process may take until it is ready. */
    public Duration startLimit() {
        return settings.startLimit();
    }

    /** Why {@link #startLacking} cannot be tried; empty where it can. */
    public Optional<String> whyNotLacking() {
        return workshop.whyNotLacking();
    }

    /**
     * Starts a web process that lacks some variables, or none, in a network where it reaches nothing but the servers that the
     * others name, and ends it.
     *
     * @param limit how long it is waited for at most
     */
    public Lacking startLacking(Set<String> variables, Duration limit) throws InterruptedException {
        return workshop.startLacking(variables, limit);
    }

    @Override
    public boolean hasWorkers() {
        return !workshop.workerTypes().isEmpty();
    }

    @Override
    public boolean isReset() {
        return settings.reset().isPresent()
                || !AttachedServices.areIn(settings.application().environment());
    }

    /** Where one of those keeps its data. */
    public Path dataOf(ServiceKind kind) {
        return scratch.path().resolve(kind.label());
    }

    @Override
    public int mostProcesses() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int given() {
        return 0;
    }

    @Override
    public Optional<String> hint(int control, Instance instance) {
        return Optional.empty();
    }

    @Override
    public String whereItFlickers() {
        return "";
    }

    @Override
    public void giveOwnNetworks(FixedPortException insisting) {
        workshop.giveOwnNetworks(insisting);
    }

    /**
     * Makes an instance older, and busier than one that was just started: it waits until it has the age, and sends some
     * requests for its readiness that belong to no conversation.
     */
    @Override
    public void age(Instance instance, Duration age, int requests) throws InterruptedException {
        workshop.age(started(instance), age, requests);
    }

    /** The backing services that it has started, by their kind. */
    public Map<ServiceKind, BackingServer> services() {
        return services.servers();
    }

    /** One of its own, which are the only ones there are in it. */
    public static LabInstance started(Instance instance) {
        return switch (instance) {
            case LabInstance own -> own;
            case Elsewhere.GivenInstance given ->
                throw new IllegalArgumentException(given.name() + " runs elsewhere, and not in a lab");
        };
    }

    /** Makes everything clean, runs the release, and starts what the plan starts ahead. */
    @Override
    public Trial begin(Plan plan, Scenario scenario, Optional<Control> control, int nameOffset, Manner manner)
            throws InterruptedException {
        prepare();
        PlaySettings play = manner.from(play(), settings.requestLimit());
        Trial trial = new Trial(
                new Stand(workshop, nameOffset), plan, scenario, new RunUser(plan, play, control), mostAhead(), manner);
        try {
            trial.begin();
            return trial;
        } catch (RuntimeException | InterruptedException e) {
            trial.close();
            throw e;
        }
    }

    /**
     * Makes everything clean, runs the release, and starts so many web processes behind the router.
     *
     * @throws InconclusiveException if one of them does not start
     */
    public Fleet fleet(int size) throws InterruptedException {
        prepare();
        Fleet fleet = new Fleet(new Stand(workshop, 0), settings.application()::stopPolicy, settings.requestLimit());
        try {
            fleet.begin(size);
            return fleet;
        } catch (RuntimeException | InterruptedException e) {
            fleet.close();
            throw e;
        }
    }

    /** How conversations with it are played that come from another address each, where this machine has several. */
    public PlaySettings fromElsewhere() {
        return Manner.FROM_ELSEWHERE.from(play(), settings.requestLimit());
    }

    private PlaySettings play() {
        return PlaySettings.of(LabSettings.ORIGIN).withVariables(settings.variables());
    }

    private void prepare() throws InterruptedException {
        services.wipe();
        if (settings.reset().isPresent()) {
            workshop.run("reset", settings.reset().get());
        }
        workshop.release();
    }

    /** A server that is attached has others to serve as well. */
    private int mostAhead() {
        boolean isAttached = AttachedServices.areIn(settings.application().environment());
        return isAttached ? Trial.STARTED_AHEAD : MOST_AHEAD;
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Ends what it has started. What cannot be ended or deleted is told by {@link #notes}. */
    @Override
    public void close() {
        try {
            services.close();
        } catch (RuntimeException e) {
            workshop.note("a backing service could not be ended: " + e.getMessage());
        } finally {
            delete(scratch);
        }
    }

    private static void delete(ScratchFolder scratch) {
        try {
            scratch.close();
        } catch (IOException e) {
            // What is left of a temporary folder the next proof deletes.
        }
    }
}
