package dev.coatcheck.formation;

import dev.coatcheck.formation.Abort.AbortedException;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.release.Configuration;
import dev.coatcheck.formation.release.Release;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.supervision.Instance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is changed about a formation, from its first instances on: one change at a time, and one that does not succeed is
 * undone, so that what ran before runs again. Stopping ends a change that is under way, and comes first. Safe for use by
 * several threads.
 */
final class Changes {
    private static final int MOST_INSTANCES = 1_000;

    private final Application application;
    private final Resources resources;
    private final Journal journal;
    private final Releasing releasing;
    private final Instances instances;
    private final Abort stop;
    private final Supplier<Set<String>> buildsInUse;

    private final Turn turn;
    private volatile @Nullable Target target;

    private interface Change {
        String make(Abort abort) throws IOException, InterruptedException, AbortedException;
    }

    /**
     * Of a formation of which nothing runs yet.
     *
     * @param turn of whoever changes what runs
     * @param stop ends any change
     * @param buildsInUse by others than the instances
     */
    Changes(
            Application application,
            Resources resources,
            Instances instances,
            Turn turn,
            Abort stop,
            Supplier<Set<String>> buildsInUse) {
        this.application = application;
        this.resources = resources;
        this.journal = resources.journal();
        this.releasing = new Releasing(resources);
        this.instances = instances;
        this.turn = turn;
        this.stop = stop;
        this.buildsInUse = buildsInUse;
    }

    /** What is to run now. */
    Target target() {
        Target current = target;
        if (current == null) {
            throw new FormationException("the formation is starting; try again when it is ready");
        }
        return current;
    }

    /** Where requests come in; pausing it is no change of what runs. */
    Router router() {
        return resources
                .router()
                .orElseThrow(() -> new FormationException("no process of type web runs, so there are no requests"));
    }

    /** Starts what the application's files say, without waiting until it is ready. */
    void begin() throws IOException, InterruptedException, AbortedException {
        Release release = releasing.currentOrNext(application, stop);
        AttachedRelease attached = attachAndRelease(release, stop);
        stop.goOn();
        Target first = new Target(attached, release.configuration().quantities());
        List<Instance> begun = new ArrayList<>();
        for (ProcessType type : first.types()) {
            for (int number = 1; number <= first.quantity(type); number++) {
                begun.add(attached.instance(type, number));
            }
        }
        // Only when all could be made: one that is there and was never started would be waited for at the stop.
        begun.forEach(instances::add);
        begun.forEach(Instance::start);
        target = first;
        noteWhenItCameUp();
        resources.releases().becameCurrent(release);
        prune();
    }

    /**
     * One can go back to a release from the moment on at which all that is to run of it was ready once: whether those are the
     * instances that it began with, or what a change made of them before they were ready.
     */
    private void noteWhenItCameUp() {
        var _ = instances.allReady().thenRun(() -> {
            Target now = target();
            List<Instance> ready =
                    instances.staying(instance -> instance.firstReady().isDone());
            if (!ready.isEmpty() && now.isMetBy(ready)) {
                cameUp(now.attached().release());
            }
        });
    }

    private void cameUp(Release release) {
        try {
            resources.releases().cameUp(release);
        } catch (IOException e) {
            journal.tell(Kind.NOTE, Level.WARNING, "it could not be noted that the release came up: " + e, Map.of());
        }
    }

    /** Brings process types to other quantities. */
    String scale(Map<String, Integer> wanted, CompletableFuture<Void> unwanted) {
        String what = new TreeMap<>(wanted)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " to " + entry.getValue())
                        .collect(Collectors.joining(", "));
        return change("scale", "scaling " + what, unwanted, abort -> {
            Target before = target();
            wanted.forEach((type, quantity) -> check(before, type, quantity));
            Map<String, Integer> quantities = new HashMap<>(before.quantities());
            quantities.putAll(wanted);
            openRouterFor(quantities);
            AttachedRelease attached = resources.attach(before.attached().release());
            go(new Target(attached, quantities), _ -> false, abort);
            return "scaled " + what;
        });
    }

    /**
     * Replaces instances by new ones of the same release.
     *
     * @param which an instance's name, a process type, or empty for all
     */
    String restart(Optional<String> which, CompletableFuture<Void> unwanted) {
        String what = which.orElse("all instances");
        return change("restart", "restarting " + what, unwanted, abort -> {
            Target now = target();
            Predicate<Instance> meant = instance -> which.isEmpty()
                    || which.get().equals(instance.status().name())
                    || which.get().equals(instance.type().name());
            // Fixed now: their successors have the same names.
            List<Instance> renewed = instances.staying(meant);
            if (renewed.isEmpty()) {
                throw new FormationException(
                        "nothing that is called '" + what + "' runs; 'coatcheck ps' shows what does");
            }
            go(now, renewed::contains, abort);
            return "restarted " + what;
        });
    }

    /** Replaces all by the next release, which is made of what the folder holds. */
    String roll(CompletableFuture<Void> unwanted) {
        return change("roll", "rolling out the next release", unwanted, abort -> {
            Target before = target();
            Release next = releasing.next(application.readAgain(), abort);
            replaceBy(next, quantities(before, next.configuration()), abort);
            return "release " + next.number() + " runs";
        });
    }

    /**
     * Replaces all by an earlier release, with its build and configuration as they were.
     *
     * @param number of the release; empty for the one before the current
     */
    String rollback(Optional<Integer> number, CompletableFuture<Void> unwanted) {
        String what = number.map(n -> "release " + n).orElse("the release before");
        return change("rollback", "going back to " + what, unwanted, abort -> {
            Target before = target();
            Release earlier = earlier(number, before.attached().number());
            replaceBy(earlier, quantities(before, earlier.configuration()), abort);
            return "release " + earlier.number() + " runs again";
        });
    }

    private String change(String name, String words, CompletableFuture<Void> unwanted, Change change) {
        if (!turn.tryTake("a " + name)) {
            throw new FormationException("no " + name + " now: " + turn.underWay()
                    + " is under way, and changes are made one at a time; try again when it has ended");
        }
        try {
            Abort abort = stop.or(unwanted);
            Target before = target();
            Set<ServiceKind> services =
                    resources.services().stream().map(AttachedService::kind).collect(Collectors.toSet());
            journal.tell(Kind.CHANGE_STARTED, Level.INFO, words, Map.of("change", name));
            try {
                String done = change.make(abort);
                journal.tell(Kind.CHANGE_ENDED, Level.INFO, done, Map.of("change", name));
                return done;
            } catch (RuntimeException | IOException | AbortedException e) {
                String message = "the " + name + " failed: " + e.getMessage() + "\n" + goBack(before, services);
                journal.tell(Kind.CHANGE_FAILED, Level.ERROR, message, Map.of("change", name));
                throw new FormationException(message, e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormationException(
                    "the " + name + " was interrupted and left half done; 'coatcheck roll' mends it", e);
        } finally {
            turn.end();
        }
    }

    private String goBack(Target before, Set<ServiceKind> services) throws InterruptedException {
        if (stop.isStop()) {
            return "the formation stops";
        }
        target = before;
        try {
            new Transition(instances, stop).backTo(before, resources.settings().startLimit());
            noteWhenItCameUp();
            resources.keepServices(services);
            return "release " + before.attached().number() + " runs as before";
        } catch (AbortedException e) {
            return "the formation stops";
        } catch (RuntimeException e) {
            return "the way back failed as well (" + e + "): 'coatcheck ps' shows what runs, and 'coatcheck roll'"
                    + " mends it";
        }
    }

    private void replaceBy(Release next, Map<String, Integer> quantities, Abort abort)
            throws IOException, InterruptedException, AbortedException {
        try {
            openRouterFor(quantities);
            go(new Target(attachAndRelease(next, abort), quantities), _ -> false, abort);
        } catch (RuntimeException | IOException | AbortedException e) {
            resources.releases().failed(next);
            throw e;
        }
        resources.releases().becameCurrent(next);
        prune();
    }

    private AttachedRelease attachAndRelease(Release release, Abort abort)
            throws IOException, InterruptedException, AbortedException {
        try {
            AttachedRelease attached = resources.attach(release);
            Optional<ProcessType> type = release.configuration().release();
            if (type.isPresent()) {
                Instance.Surroundings around = attached.surroundings();
                new OneTimeRun(
                                ProcessType.RELEASE,
                                type.get().command(),
                                around.folder(),
                                around.environment(),
                                around.stopLimit())
                        .run(Kind.RELEASE_STARTED, Kind.RELEASE_ENDED, journal, abort);
            }
            return attached;
        } catch (FormationException | AbortedException e) {
            resources.releases().failed(release);
            throw e;
        }
    }

    private void go(Target to, Predicate<Instance> renewed, Abort abort) throws InterruptedException, AbortedException {
        new Transition(instances, abort).to(to, renewed);
        target = to;
        noteWhenItCameUp();
    }

    private void openRouterFor(Map<String, Integer> quantities) {
        if (quantities.getOrDefault(ProcessType.WEB, 0) > 0
                && resources.router().isEmpty()) {
            resources.openRouter();
            resources
                    .url()
                    .ifPresent(url ->
                            journal.tell(Kind.NOTE, Level.INFO, "requests are taken at " + url, Map.of("url", url)));
        }
    }

    /** What was scaled stays so, except where the files now say something else than they did. */
    private static Map<String, Integer> quantities(Target before, Configuration next) {
        Configuration last = before.attached().release().configuration();
        Map<String, Integer> quantities = new HashMap<>();
        for (ProcessType type : next.types()) {
            String name = type.name();
            boolean asBefore = last.quantities().containsKey(name) && last.quantity(name) == next.quantity(name);
            quantities.put(name, asBefore ? before.quantity(type) : next.quantity(name));
        }
        return quantities;
    }

    private Release earlier(Optional<Integer> number, int current) throws IOException {
        if (number.isPresent()) {
            if (number.get() == current) {
                throw new FormationException("release " + current + " runs already");
            }
            return resources
                    .releases()
                    .find(number.get())
                    .orElseThrow(() -> new FormationException(
                            "there is no release " + number.get() + "; 'coatcheck releases' lists them"));
        }
        for (Release release : resources.releases().all().reversed()) {
            if (release.number() < current && resources.releases().state(release) == Release.State.EARLIER) {
                return release;
            }
        }
        throw new FormationException("there is no release before " + current + " that ever ran");
    }

    private static void check(Target target, String type, int quantity) {
        if (target.types().stream().noneMatch(known -> known.name().equals(type))) {
            throw new FormationException("the Procfile has no process type '" + type + "' (it has "
                    + target.types().stream().map(ProcessType::name).collect(Collectors.joining(", ")) + ")");
        }
        if (quantity < 0 || quantity > MOST_INSTANCES) {
            throw new FormationException(
                    "there can be 0 to " + MOST_INSTANCES + " instances of a process type, not " + quantity);
        }
    }

    private void prune() {
        try {
            releasing.prune(buildsInUse.get());
        } catch (IOException e) {
            journal.tell(Kind.NOTE, Level.WARNING, "old builds could not be deleted: " + e, Map.of());
        }
    }
}
