package dev.coatcheck.prove;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.check.Trace.Place;
import dev.coatcheck.prove.check.Trace.Remembered;
import dev.coatcheck.prove.isolation.FileChange;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Rest;
import dev.coatcheck.prove.lab.Trial;
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
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Looks for what a step has left, in a trial of its own whose processes all live: in the files that changed with the step,
 * in the heap or else the memory of the processes, and in the backing services.
 */
final class Tracer {
    /** Enough to tell what is remembered each time from what is only not swept up yet. */
    private static final int REPLAYS = 8;

    /** Other requests, to sweep up buffers and garbage. */
    private static final int TRAFFIC = 40;

    private static final int SHORTEST_SWEEP = 200;
    private static final int SWEPT_AT_MOST = 2000;

    /** How many letters and digits make a text that is nowhere by chance. */
    private static final int MARK = 10;

    private final Trial trial;
    private final Plan plan;
    private final Step step;
    private final Step victim;
    private final Map<ServiceKind, BackingServer> services;
    private final Lab lab;
    private final Path folder;
    private final List<Place> places = new ArrayList<>();
    private final List<Place> touched = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Tracer(Lab lab, Trial trial, Scenario scenario, Plan plan, int polluter) {
        this.trial = trial;
        this.plan = plan;
        this.step = scenario.steps().get(polluter - 1);
        this.victim = scenario.steps().get(plan.steps() - 1);
        this.services = lab.services();
        this.lab = lab;
        this.folder = lab.folder();
    }

    Trace trace() throws InterruptedException {
        if (!trial.playUpTo(step.number() - 1)) {
            return Trace.none("an earlier step broke this time");
        }
        LabInstance polluted = trial.instance(plan.seat(step.number()));
        Conversation before = trial.conversation(plan.seat(step.number()));
        Map<LabInstance, Map<Path, FileChange>> filesBefore = files();
        if (!trial.playUpTo(step.number())) {
            return Trace.none("step " + step.number() + " broke this time");
        }
        Rest.await(trial.instances());
        Map<LabInstance, Map<Path, FileChange>> filesAfter = files();
        Exchange exchange = trial.run().exchanges().getLast();
        List<Needle> carried = Needles.from(CarriedValues.of(exchange), List.of(folder));
        if (!trial.playUpTo(plan.steps() - 1)) {
            return Trace.none("a later step broke this time");
        }
        LabInstance other = trial.instance(plan.seat(plan.steps()));
        List<Needle> needles = other.equals(polluted) ? carried : unknownTo(other, carried);
        Optional<Boolean> arrived = Optional.empty();
        if (plan.gaps().containsKey(plan.steps())) {
            // Before anything is looked into: what keeps a process from working delays what is on its way.
            arrived = Optional.of(trial.playUpTo(plan.steps()));
            if (arrived.get()) {
                return new Trace(arrived, Remembered.UNKNOWN, List.of(), List.of(), List.of());
            }
        }

        searchFiles(polluted, filesBefore, filesAfter, needles);
        List<Needle> given = Needles.from(CarriedValues.given(exchange));
        Remembered remembered = searchMemory(polluted, before, needles);
        if (remembered == Remembered.NO
                && Needles.from(CarriedValues.givenAndCarried(exchange, victim, refused())).stream()
                        .noneMatch(Needle::isValueItself)) {
            notes.add("what step " + step.number() + " gave and step " + victim.number()
                    + " carries is too short to be looked for");
            remembered = Remembered.UNKNOWN;
        }
        if (!other.equals(polluted)) {
            searchOther(other, given);
        }
        searchServices(given);
        return new Trace(arrived, remembered, places, touched, notes);
    }

    /**
     * What a process holds as well that has served nothing yet was not left by a step: it is a word of the application's own,
     * as a part of a path often is.
     */
    private static List<Needle> unknownTo(LabInstance other, List<Needle> needles) {
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
    private Remembered searchMemory(LabInstance polluted, Conversation before, List<Needle> needles)
            throws InterruptedException {
        if (needles.stream().anyMatch(Needle::isValueItself)) {
            return searchMemory(polluted, before, needles, List.of());
        }
        List<List<Needle>> marked = marked(before, polluted.target().orElseThrow());
        if (marked.isEmpty()) {
            if (needles.isEmpty()) {
                notes.add("step " + step.number() + " carries nothing that could be looked for in memories");
                return Remembered.UNKNOWN;
            }
            return searchMemory(polluted, before, needles, List.of());
        }
        sweep(before, polluted.target().orElseThrow());
        List<Needle> all = marked.stream().flatMap(List::stream).toList();
        if (searchMemory(polluted, before, all, marked) == Remembered.YES) {
            return Remembered.YES;
        }
        // What was played is another thing than the step: that nothing of it is kept shows nothing.
        notes.add("step " + step.number() + " was played " + marked.size()
                + " times more with longer texts, and none was found in memories");
        return Remembered.UNKNOWN;
    }

    private Remembered searchMemory(
            LabInstance polluted, Conversation before, List<Needle> needles, List<List<Needle>> replayed)
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
        return looked ? Remembered.NO : scan(polluted, before, needles, replayed);
    }

    private static Optional<SearchResult> heap(String instance, long pid, List<Needle> needles)
            throws InterruptedException {
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

    /** @param replayed the needles of each replay that there was already; empty where there was none */
    private Remembered scan(
            LabInstance polluted, Conversation before, List<Needle> needles, List<List<Needle>> replayed)
            throws InterruptedException {
        Target target = polluted.target().orElseThrow();
        List<List<Needle>> replays = replayed.isEmpty() ? replays(before, target, needles) : replayed;
        sweep(before, target);
        List<Needle> all = new ArrayList<>(needles);
        replays.forEach(all::addAll);
        Set<Needle> held = new HashSet<>();
        for (MemoryReading reading : MemorySearch.readings(polluted.pids(), all, MemoryLimits.defaults())
                .values()) {
            if (reading instanceof MemoryReading.Read read) {
                held.addAll(read.found().keySet());
            }
        }
        SearchResult here = MemorySearch.search(polluted.name(), polluted.pids(), needles, MemoryLimits.defaults());
        notes.addAll(here.notes());
        Remembrance remembrance = Remembrance.of(replays.size(), (int) replays.stream()
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

    /** Requests that resemble the step's in size and say nothing, to overwrite what was only left over. */
    private void sweep(Conversation before, Target target) throws InterruptedException {
        Exchange exchange = trial.run().exchanges().get(step.number() - 1);
        Map<String, String> cookies = exchange.response().orElseThrow().cookies();
        // Longer than what the step sent: a buffer that is used again is overwritten as far as that goes.
        int length = exchange.outcome() instanceof Outcome.Answered(SentRequest sent, Response ignored)
                ? Math.min(SWEPT_AT_MOST, SHORTEST_SWEEP + sent.body().length())
                : SHORTEST_SWEEP;
        for (int i = 0; i < TRAFFIC; i++) {
            List<Field> nonsense = new ArrayList<>();
            cookies.forEach((name, value) -> nonsense.add(new Field(name, Template.literal(random(value.length())))));
            Request request = new Request(
                    "GET", Template.literal("/?" + random(length)), List.of(), List.of(), nonsense, new Body.None());
            before.copy()
                    .play(step.withRequest(request).withPolling(Polling.NONE).withCaptures(List.of()), target);
        }
    }

    private static String random(int length) {
        String alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** The needles of each replay that are its own. */
    private List<List<Needle>> replays(Conversation before, Target target, Collection<Needle> known)
            throws InterruptedException {
        Set<Needle> seen = new HashSet<>(known);
        List<List<Needle>> replays = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            Exchange exchange = before.copy().play(step.withPolling(Polling.NONE), target);
            List<Needle> own = Needles.from(CarriedValues.of(exchange)).stream()
                    .filter(seen::add)
                    .toList();
            if (!own.isEmpty()) {
                replays.add(own);
            }
        }
        return replays;
    }

    /** The needles of each replay with a mark of its own, where the application takes them as it took the step itself. */
    private List<List<Needle>> marked(Conversation before, Target target) throws InterruptedException {
        Exchange unmarked = trial.run().exchanges().get(step.number() - 1);
        Map<Needle, Integer> counted = new HashMap<>();
        Needles.from(CarriedValues.of(unmarked)).forEach(needle -> counted.merge(needle, 1, Integer::sum));
        List<List<Needle>> replays = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            String mark = random(MARK);
            Optional<Step> marked = Marked.of(step, mark);
            if (marked.isEmpty()) {
                return List.of();
            }
            Exchange exchange = before.copy().play(marked.get().withPolling(Polling.NONE), target);
            if (!isTakenAlike(exchange, unmarked)) {
                notes.add("step " + step.number() + " was answered otherwise with longer texts");
                return List.of();
            }
            Map<String, String> values = CarriedValues.of(exchange);
            values.values().removeIf(value -> !value.contains(mark));
            List<Needle> found = Needles.from(values);
            found.forEach(needle -> counted.merge(needle, 1, Integer::sum));
            replays.add(found);
        }
        // What two of them have is not the mark, but what stands beside it.
        return replays.stream()
                .map(found -> found.stream()
                        .filter(needle -> counted.getOrDefault(needle, 0) == 1)
                        .toList())
                .filter(own -> !own.isEmpty())
                .toList();
    }

    private static boolean isTakenAlike(Exchange exchange, Exchange unmarked) {
        Optional<Response> one = exchange.response();
        Optional<Response> other = unmarked.response();
        return one.isPresent()
                && other.isPresent()
                && one.get().status() == other.get().status()
                && path(one.get()).equals(path(other.get()))
                && fields(one.get()).equals(fields(other.get()));
    }

    private static String path(Response response) {
        return response.header("Location").orElse("").replaceFirst("\\?.*", "");
    }

    private static Set<String> fields(Response response) {
        Set<String> names = new HashSet<>();
        if (response.isJson()) {
            response.json().ifPresent(json -> names.addAll(json.propertyNames()));
        }
        return names;
    }

    /** That the one which is to miss it has it not. */
    private void searchOther(LabInstance other, List<Needle> given) {
        SearchResult findings = MemorySearch.search(other.name(), other.pids(), given, MemoryLimits.defaults());
        if (!given.isEmpty() && findings.notes().isEmpty()) {
            notes.add("what step " + step.number() + " gave is "
                    + (findings.locations().isEmpty() ? "not " : "") + "in the memory of " + other.name());
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
        places.add(new Place(
                location.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                location.instance(),
                location.path()));
    }
}
