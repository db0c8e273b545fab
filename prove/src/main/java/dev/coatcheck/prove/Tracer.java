package dev.coatcheck.prove;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.check.Trace.Place;
import dev.coatcheck.prove.check.Trace.Remembered;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.isolation.FileChange;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Rest;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.location.AddressRange;
import dev.coatcheck.prove.location.BackingServiceSearch;
import dev.coatcheck.prove.location.ChangedFile;
import dev.coatcheck.prove.location.FileSearch;
import dev.coatcheck.prove.location.HeapLimits;
import dev.coatcheck.prove.location.JavaHeapSearch;
import dev.coatcheck.prove.location.Location;
import dev.coatcheck.prove.location.MemoryLimits;
import dev.coatcheck.prove.location.MemoryReading;
import dev.coatcheck.prove.location.MemorySearch;
import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.Needles;
import dev.coatcheck.prove.location.NodeHeapSearch;
import dev.coatcheck.prove.location.Remembrance;
import dev.coatcheck.prove.location.SearchResult;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for what a step has left, in a trial of its own whose processes all live: in the files that changed with the step,
 * in the heap or else the memory of the processes, and in the backing services.
 */
final class Tracer {
    private final Trial trial;
    private final Plan plan;
    private final Step step;
    private final Step victim;
    private final Control control;
    private final Map<ServiceKind, BackingServer> services;
    private final Lab lab;
    private final Path folder;
    private final List<Place> places = new ArrayList<>();
    private final List<Place> touched = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Why nothing could be looked for; nobody has to know where it was found in another way. */
    private final List<String> lacking = new ArrayList<>();

    Tracer(Lab lab, Trial trial, Scenario scenario, Control control, Plan plan, int polluter) {
        this.trial = trial;
        this.plan = plan;
        this.step = scenario.steps().get(polluter - 1);
        this.victim = scenario.steps().get(plan.steps() - 1);
        this.control = control;
        this.services = lab.services();
        this.lab = lab;
        this.folder = lab.folder();
    }

    Trace trace() throws InterruptedException {
        if (!trial.playUpTo(step.number() - 1)) {
            return Trace.none("an earlier step broke this time");
        }
        LabInstance polluted = polluted();
        // Only what was waited for and did not come is kept in memory.
        boolean awaited = plan.gaps().containsKey(plan.steps());
        try (NumberTrace numbers = awaited
                ? NumberTrace.begin(control, step, victim, polluted)
                : NumberTrace.none(control, step, victim)) {
            return trace(polluted, numbers);
        }
    }

    /** Where a process counts the ids that it gives out. */
    Trace traceOfId() throws InterruptedException {
        if (!trial.playUpTo(step.number() - 1)) {
            return Trace.none("an earlier step broke this time");
        }
        LabInstance polluted = polluted();
        try (NumberTrace numbers = NumberTrace.begin(control, step, victim, polluted)) {
            if (!numbers.isOpen()) {
                return Trace.none("it is a number, and not looked for");
            }
            Conversation before = trial.conversation(plan.seat(step.number()));
            if (!trial.playUpTo(plan.steps() - 1)) {
                return Trace.none("a later step broke this time");
            }
            numbers.end();
            Asking asking = new Asking(before, polluting(), trial.conversation(plan.seat(plan.steps())));
            trial.playUpTo(plan.steps());
            searchNumbers(numbers, Lab.started(trial.instance(plan.seat(plan.steps()))), asking);
            return new Trace(Optional.empty(), Remembered.UNKNOWN, places, touched, notes);
        }
    }

    private LabInstance polluted() throws InterruptedException {
        return Lab.started(trial.instance(plan.seat(step.number())));
    }

    private Exchange polluting() {
        return trial.run().exchanges().get(step.number() - 1);
    }

    private Trace trace(LabInstance polluted, NumberTrace numbers) throws InterruptedException {
        Conversation before = trial.conversation(plan.seat(step.number()));
        Map<LabInstance, Map<Path, FileChange>> filesBefore = files();
        if (!trial.playUpTo(step.number())) {
            return Trace.none("step " + step.number() + " broke this time");
        }
        Rest.await(trial.instances());
        Map<LabInstance, Map<Path, FileChange>> filesAfter = files();
        Exchange exchange = polluting();
        List<Needle> carried = Needles.from(CarriedValues.of(exchange), List.of(folder));
        if (!trial.playUpTo(plan.steps() - 1)) {
            return Trace.none("a later step broke this time");
        }
        LabInstance other = Lab.started(trial.instance(plan.seat(plan.steps())));
        List<Needle> needles = other.equals(polluted) ? carried : unknownTo(other, carried);
        Optional<Boolean> arrived = Optional.empty();
        Asking asking = new Asking(before, exchange, trial.conversation(plan.seat(plan.steps())));
        if (plan.gaps().containsKey(plan.steps())) {
            // Before anything is looked into: what keeps a process from working delays what is on its way.
            arrived = Optional.of(trial.playUpTo(plan.steps()));
            if (arrived.get()) {
                return Trace.arrival(true);
            }
        }
        numbers.end();

        searchFiles(polluted, filesBefore, filesAfter, needles);
        List<Needle> given = Needles.from(CarriedValues.given(exchange));
        Replays replays = new Replays(exchange, before, polluted.target().orElseThrow());
        Remembered remembered = searchMemory(polluted, replays, needles);
        if (remembered == Remembered.NO
                && Needles.from(CarriedValues.givenAndCarried(exchange, victim, refused())).stream()
                        .noneMatch(Needle::isValueItself)) {
            lacking.add("what step " + step.number() + " gave and step " + victim.number()
                    + " carries is too short to be looked for");
            remembered = Remembered.UNKNOWN;
        }
        if (remembered != Remembered.YES && !other.equals(polluted) && searchNumbers(numbers, other, asking)) {
            remembered = Remembered.YES;
        } else {
            notes.addAll(lacking);
        }
        if (!other.equals(polluted)) {
            searchOther(other, given);
        }
        searchServices(given);
        return new Trace(arrived, remembered, places, touched, notes);
    }

    /**
     * What it takes to ask again.
     *
     * @param before the conversation up to the polluter
     * @param beforeVictim the conversation of who sends the victim, up to that
     */
    private record Asking(Conversation before, Exchange polluting, Conversation beforeVictim) {}

    /** @return whether a place was found that changed as the answers tell */
    private boolean searchNumbers(NumberTrace numbers, LabInstance other, Asking asking) throws InterruptedException {
        List<Exchange> played = trial.run().exchanges();
        if (!numbers.isOpen() || played.getLast().step().number() != victim.number()) {
            return false;
        }
        Target target = other.target().orElseThrow();
        // What counts all requests, or is made with the first, is no longer as it was before.
        new Replays(asking.polluting, asking.before, target).sweep();
        Exchange again = asking.beforeVictim.copy().play(victim.withPolling(Polling.NONE), target);
        SearchResult found = numbers.search(played, again, other);
        found.locations().forEach(this::add);
        notes.addAll(found.notes());
        if (found.locations().isEmpty()) {
            return false;
        }
        notes.add(numbers.inWords());
        return true;
    }

    /**
     * What a process holds as well that has served nothing yet was not left by a step: it is a word of the application's own,
     * as a part of a path often is.
     */
    static List<Needle> unknownTo(LabInstance other, List<Needle> needles) {
        Set<Needle> held = new HashSet<>();
        for (MemoryReading reading : MemorySearch.readings(other.pids(), needles, MemoryLimits.defaults())
                .values()) {
            if (reading instanceof MemoryReading.Read read) {
                held.addAll(read.found().keySet());
            }
        }
        Set<String> known =
                held.stream().filter(Needle::isValueItself).map(Needle::source).collect(Collectors.toSet());
        return needles.stream()
                .filter(needle -> !held.contains(needle) && !known.contains(needle.source()))
                .toList();
    }

    /** Whether the last step that was played was answered that whoever sends it must not. */
    private boolean refused() {
        return trial.run().exchanges().getLast().response().map(Response::status).stream()
                .anyMatch(status -> status == 401 || status == 403);
    }

    private Map<LabInstance, Map<Path, FileChange>> files() {
        Map<LabInstance, Map<Path, FileChange>> files = new LinkedHashMap<>();
        for (LabInstance instance : trial.instances()) {
            Map<Path, FileChange> changes = new HashMap<>();
            try {
                instance.layer().changes().forEach(change -> changes.put(change.path(), change));
            } catch (IOException e) {
                notes.add("the files of " + instance.name() + " could not be looked at: " + e.getMessage());
            }
            files.put(instance, changes);
        }
        return files;
    }

    /** What changed with the step, on each disk once; what holds a needle first. */
    private void searchFiles(
            LabInstance polluted,
            Map<LabInstance, Map<Path, FileChange>> before,
            Map<LabInstance, Map<Path, FileChange>> after,
            List<Needle> needles) {
        Set<String> disks = new HashSet<>();
        after.forEach((instance, changes) -> {
            if (!disks.add(instance.layer().toString())) {
                return;
            }
            Map<Path, FileChange> known = before.getOrDefault(instance, Map.of());
            List<ChangedFile> changed = new ArrayList<>();
            changes.forEach((path, change) -> {
                if (!change.equals(known.get(path))) {
                    content(change).ifPresent(copy -> changed.add(new ChangedFile(path.toString(), copy)));
                }
            });
            FileSearch.Result result = FileSearch.search(instance.name(), changed, needles);
            result.holding().forEach(this::add);
            if (instance.layer().equals(polluted.layer())) {
                result.others().forEach(path -> touched.add(new Place("file", instance.name(), path)));
            }
            notes.addAll(result.notes());
        });
    }

    private static Optional<Path> content(FileChange change) {
        return switch (change) {
            case FileChange.Created created -> Optional.of(created.content());
            case FileChange.Modified modified -> Optional.of(modified.content());
            case FileChange.Deleted deleted -> Optional.empty();
        };
    }

    /** A heap tells what is kept and by which field; memory as such only what has not been overwritten yet. */
    private Remembered searchMemory(LabInstance polluted, Replays replays, List<Needle> needles)
            throws InterruptedException {
        boolean told = needles.stream().anyMatch(Needle::isValueItself);
        if (told) {
            Remembered remembered = searchMemory(polluted, replays, needles, List.of());
            if (remembered != Remembered.NO) {
                return remembered;
            }
            // A signed cookie is nobody's memory, and what is kept beside it may be too short to have been looked for.
        }
        List<List<Needle>> marked = replays.marked(notes);
        if (marked.isEmpty() && told) {
            return Remembered.NO;
        }
        if (marked.isEmpty()) {
            if (needles.isEmpty()) {
                lacking.add("step " + step.number() + " carries nothing that could be looked for in memories");
                return Remembered.UNKNOWN;
            }
            return searchMemory(polluted, replays, needles, List.of());
        }
        replays.sweep();
        List<Needle> all = marked.stream().flatMap(List::stream).toList();
        if (searchMemory(polluted, replays, all, marked) == Remembered.YES) {
            return Remembered.YES;
        }
        if (told) {
            return Remembered.NO;
        }
        // What was played is another thing than the step: that nothing of it is kept shows nothing.
        notes.add("step " + step.number() + " was played " + marked.size()
                + " times more with longer texts, and none was found in memories");
        return Remembered.UNKNOWN;
    }

    private Remembered searchMemory(
            LabInstance polluted, Replays replays, List<Needle> needles, List<List<Needle>> replayed)
            throws InterruptedException {
        long serving = polluted.servingPid();
        boolean looked = false;
        List<Location> found = new ArrayList<>();
        for (long pid : polluted.pids()) {
            Optional<SearchResult> heap = heap(polluted.name(), pid, needles);
            heap.ifPresent(findings -> {
                found.addAll(findings.locations());
                notes.addAll(findings.notes());
            });
            // What starts the server, as npm does, may be another runtime than the server.
            looked |= pid == serving && heap.isPresent() && heap.get().notes().isEmpty();
        }
        found.forEach(this::add);
        if (!found.isEmpty()) {
            return Remembered.YES;
        }
        if (!looked) {
            return scan(polluted, replays, needles, replayed, MemoryLimits.defaults());
        }
        Optional<AddressRange> heap = JavaHeapSearch.heap(serving, HeapLimits.defaults());
        if (heap.isEmpty()) {
            return Remembered.NO;
        }
        MemoryLimits offHeap = MemoryLimits.defaults().without(heap.get());
        // Buffers of connections are there as well: what may be left over in them is no reason to doubt a heap.
        return scan(polluted, replays, needles, replayed, offHeap) == Remembered.YES ? Remembered.YES : Remembered.NO;
    }

    static Optional<SearchResult> heap(String instance, long pid, List<Needle> needles) throws InterruptedException {
        try {
            if (JavaHeapSearch.isJvm(pid)) {
                return Optional.of(JavaHeapSearch.search(instance, pid, needles, HeapLimits.defaults()));
            }
            return NodeHeapSearch.canBeAsked(pid)
                    ? Optional.of(NodeHeapSearch.search(instance, pid, needles, HeapLimits.defaults()))
                    : Optional.empty();
        } catch (RuntimeException e) {
            // A dump that nobody has seen the like of must not cost a verdict that is certain.
            return Optional.of(
                    new SearchResult(List.of(), List.of("the heap of process " + pid + " could not be read: " + e)));
        }
    }

    /** @param replayed the needles of each replay that there was already, with other traffic after it; empty where there was none */
    private Remembered scan(
            LabInstance polluted,
            Replays replays,
            List<Needle> needles,
            List<List<Needle>> replayed,
            MemoryLimits limits)
            throws InterruptedException {
        List<List<Needle>> own = replayed;
        if (replayed.isEmpty()) {
            own = replays.again(needles);
            replays.sweep();
        }
        List<Needle> all = new ArrayList<>(needles);
        own.forEach(all::addAll);
        Set<Needle> held = new HashSet<>();
        for (MemoryReading reading :
                MemorySearch.readings(polluted.pids(), all, limits).values()) {
            if (reading instanceof MemoryReading.Read read) {
                held.addAll(read.found().keySet());
            }
        }
        SearchResult here = MemorySearch.search(polluted.name(), polluted.pids(), needles, limits);
        notes.addAll(here.notes());
        Remembrance remembrance = Remembrance.of(own.size(), (int) own.stream()
                .filter(replay -> replay.stream().anyMatch(held::contains))
                .count());
        boolean holds = needles.stream().anyMatch(held::contains);
        Remembered remembered =
                switch (remembrance) {
                    case REMEMBERED -> Remembered.YES;
                    case NOT_REMEMBERED -> Remembered.NO;
                    case UNSURE -> holds ? Remembered.UNKNOWN : Remembered.NO;
                };
        if (remembered != Remembered.NO) {
            here.locations().forEach(this::add);
        }
        return remembered;
    }

    /** That the one which is to miss it has it not. */
    private void searchOther(LabInstance other, List<Needle> given) {
        SearchResult findings = MemorySearch.search(other.name(), other.pids(), given, MemoryLimits.defaults());
        if (!given.isEmpty() && findings.notes().isEmpty()) {
            // Of another run than the one that a report draws: names of instances would not be the same ones there.
            notes.add("what step " + step.number() + " gave is "
                    + (findings.locations().isEmpty()
                            ? "not in the memory of another process"
                            : "in the memory of another process as well"));
        }
    }

    private void searchServices(List<Needle> given) {
        if (given.isEmpty()) {
            return;
        }
        services.forEach((kind, server) -> {
            SearchResult findings =
                    BackingServiceSearch.search(kind.label(), server, lab.dataOf(kind), given, MemoryLimits.defaults());
            notes.addAll(findings.notes());
            notes.add(
                    findings.locations().isEmpty()
                            ? "what step " + step.number() + " gave is not in " + kind.label()
                            : "what step " + step.number() + " gave is also in " + kind.label() + ", "
                                    + findings.locations().getFirst().path());
        });
    }

    private void add(Location location) {
        places.add(place(location));
    }

    static Place place(Location location) {
        return new Place(
                location.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                location.instance(),
                location.path());
    }
}
