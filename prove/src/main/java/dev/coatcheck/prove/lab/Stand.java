package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.prove.isolation.Layer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The disks and processes of one trial. Disks are made, processes started and ended, and disks deleted side by side and in the
 * background; the methods are for one thread.
 */
final class Stand implements Processes {
    /** More starts at once than cores only make each of them slower. */
    private static final int STARTS_AT_ONCE = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Fair, so that who asks for all of them gets them. */
    private static final Semaphore STARTS = new Semaphore(STARTS_AT_ONCE, true);

    /** For a process that nobody needs any more, to end in order. */
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private final Workshop workshop;
    private final int nameOffset;
    private final Map<Integer, Future<Layer>> disks = new HashMap<>();
    private final Map<Integer, Future<LabInstance>> web = new HashMap<>();
    private final List<Future<Worker>> workers = new ArrayList<>();
    private final List<Layer> workersDisks = new ArrayList<>();
    private final List<LabInstance> all = new ArrayList<>();
    /** Each for itself: two that share a disk are equal. */
    private final Set<Layer> layers = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The disks on which a web process was started. */
    private final Set<Layer> inhabited = new HashSet<>();

    /** Of web processes. */
    private final AtomicInteger startsBegun = new AtomicInteger();

    private final AtomicInteger startsEnded = new AtomicInteger();
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();

    /** A worker, and whether its disk is nobody else's. */
    private record Worker(LabInstance instance, boolean hasOwnDisk) {}

    /** @param nameOffset added to the numbers of web processes in their names */
    Stand(Workshop workshop, int nameOffset) {
        this.workshop = workshop;
        this.nameOffset = nameOffset;
    }

    @Override
    public void startWeb(Seat seat) {
        Future<Layer> disk = disk(seat.disk());
        web.computeIfAbsent(seat.process(), process -> {
            String name = ProcessType.WEB + "." + (nameOffset + process + 1);
            return background.submit(() -> startWeb(name, place(await(disk))));
        });
    }

    /** Two that insist on one TCP port need a network each, also where they share a disk: else the first answers for both. */
    private Layer place(Layer disk) {
        synchronized (layers) {
            if (inhabited.add(disk)) {
                return disk;
            }
        }
        Layer beside = workshop.beside(disk);
        synchronized (layers) {
            layers.add(beside);
        }
        return beside;
    }

    private LabInstance startWeb(String name, Layer layer) throws InterruptedException {
        try {
            return startWebAgainIfNeeded(name, layer);
        } catch (StrangerException e) {
            return startBesideStranger(name, layer, e);
        } catch (InconclusiveException e) {
            if (!isAboutPort(e)) {
                throw e;
            }
        }
        // Once more, with another PORT: somebody may have come before it there.
        try {
            return startWebAgainIfNeeded(name, layer);
        } catch (InconclusiveException e) {
            throw isAboutPort(e) ? taken(name, layer, e) : e;
        }
    }

    /** In a network of its own it has every TCP port. */
    private boolean isAboutPort(InconclusiveException failure) {
        return !workshop.givesOwnNetworks() && FixedPortException.isReasonOf(failure);
    }

    /**
     * Another program may have come to its TCP port by chance, and hardly to the next. Where the command has it started by
     * somebody else, one answers there too, or whatever goes wrong comes of that.
     */
    private LabInstance startBesideStranger(String name, Layer layer, StrangerException stranger)
            throws InterruptedException {
        try {
            LabInstance instance = startWebAgainIfNeeded(name, layer);
            workshop.note(name + " was started once more, with another TCP port: " + stranger.reason());
            return instance;
        } catch (StrangerException e) {
            throw e;
        } catch (InconclusiveException e) {
            throw new InconclusiveException(
                    stranger.reason() + "; started once more, with another TCP port: " + e.reason(), e);
        }
    }

    /** With a network of its own it may start, but for what it cannot have there either. */
    private RuntimeException taken(String name, Layer layer, InconclusiveException reason) {
        List<LabInstance> others = instances();
        if (others.stream().anyMatch(other -> other.layer().equals(layer))) {
            return reason; // of two on one disk one may lack a socket that is a file
        }
        if (!others.isEmpty()) {
            return FixedPortException.taken(name, "another instance", reason);
        }
        return workshop.canGiveOwnNetworks()
                ? FixedPortException.taken(name, "another program on this machine", reason)
                : reason; // whose last lines tell more than that there is no such network
    }

    private LabInstance startWebAgainIfNeeded(String name, Layer layer) throws InterruptedException {
        int begunBefore = startsBegun.getAndIncrement();
        boolean beganBeside = startsEnded.get() < begunBefore;
        STARTS.acquire();
        try {
            return workshop.startWeb(name, layer, this::tell);
        } catch (InconclusiveException e) {
            // Those that began since count too, though they may all be ready: what they did may be what it failed for.
            boolean beside = beganBeside || startsBegun.get() > begunBefore + 1;
            if (e instanceof StrangerException || isAboutPort(e) || !beside) {
                throw e;
            }
            workshop.note(name + " did not start beside others, and was tried once more alone: " + e.reason());
        } finally {
            STARTS.release();
            startsEnded.incrementAndGet();
        }
        // What several do at once in the beginning, as migrations, may fail for that alone.
        STARTS.acquire(STARTS_AT_ONCE);
        try {
            return workshop.startWeb(name, layer, this::tell);
        } finally {
            STARTS.release(STARTS_AT_ONCE);
        }
    }

    private void tell(LabInstance instance) {
        synchronized (all) {
            all.add(instance);
        }
    }

    @Override
    public LabInstance web(Seat seat) throws InterruptedException {
        startWeb(seat);
        return await(started(seat.process()));
    }

    private Future<LabInstance> started(int process) {
        Future<LabInstance> start = web.get(process);
        if (start == null) {
            throw new IllegalStateException("nobody has begun to start process " + process);
        }
        return start;
    }

    private static <T> T await(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public Optional<LabInstance> takeWeb(int process) throws InterruptedException {
        Future<LabInstance> start = web.remove(process);
        return start == null ? Optional.empty() : Optional.of(await(start));
    }

    @Override
    public Set<Integer> webProcesses() {
        return Set.copyOf(web.keySet());
    }

    @Override
    public void startWorkers(OptionalInt disk) {
        for (ProcessType type : workshop.workerTypes()) {
            Future<Layer> layer =
                    disk.isPresent() ? disk(disk.getAsInt()) : background.submit(() -> newLayer(type.name() + "-1"));
            workers.add(background.submit(() -> {
                LabInstance worker = workshop.startWorker(type, type.name() + ".1", await(layer));
                tell(worker);
                worker.awaitSettled();
                return new Worker(worker, disk.isEmpty());
            }));
        }
    }

    @Override
    public void awaitWorkers() throws InterruptedException {
        for (Future<Worker> worker : workers) {
            await(worker);
        }
    }

    @Override
    public List<LabInstance> takeWorkers() throws InterruptedException {
        List<LabInstance> taken = new ArrayList<>();
        for (Future<Worker> start : workers) {
            Worker worker = await(start);
            taken.add(worker.instance());
            if (worker.hasOwnDisk()) {
                workersDisks.add(worker.instance().layer());
            }
        }
        workers.clear();
        return taken;
    }

    private Future<Layer> disk(int number) {
        return disks.computeIfAbsent(
                number, _ -> background.submit(() -> newLayer("web-" + (nameOffset + number + 1))));
    }

    private Layer newLayer(String hostname) {
        Layer layer = workshop.newLayer(hostname);
        synchronized (layers) {
            layers.add(layer);
        }
        return layer;
    }

    /** It ends as a platform would end it, asked first. */
    @Override
    public void retire(int process) throws InterruptedException {
        Optional<LabInstance> retired = takeWeb(process);
        if (retired.isPresent()) {
            later(() -> retired.get().end(END_LIMIT));
        }
    }

    @Override
    public Set<Integer> disks() {
        return Set.copyOf(disks.keySet());
    }

    @Override
    public void giveUpDisk(int number) {
        Future<Layer> disk = disks.remove(number);
        if (disk != null) {
            later(() -> clear(await(disk)));
        }
    }

    @Override
    public void giveUpWorkersDisks() {
        workersDisks.forEach(layer -> later(() -> clear(layer)));
        workersDisks.clear();
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    /** Nobody waits for it: whatever it does not come to, closing does. */
    private void later(Task task) {
        Future<?> _ = background.submit(() -> {
            task.run();
            return true;
        });
    }

    private void clear(Layer layer) throws InterruptedException {
        for (LabInstance instance : all()) {
            if (instance.layer().equals(layer)) {
                instance.end(END_LIMIT);
            }
        }
        workshop.discard(layer);
    }

    private List<LabInstance> all() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    @Override
    public List<LabInstance> instances() {
        return all().stream().filter(LabInstance::isAlive).toList();
    }

    @Override
    public List<Run.Started> starts() {
        return all().stream().map(LabInstance::started).toList();
    }

    /** What its disks hold apart less well than they should, and which steps went astray. */
    @Override
    public List<String> weaknesses() {
        Stream<String> unsteered = all().stream().flatMap(instance -> instance.unsteered().stream());
        synchronized (layers) {
            return Stream.concat(layers.stream().flatMap(layer -> layer.weaknesses().stream()), unsteered)
                    .distinct()
                    .toList();
        }
    }

    /** Whatever goes wrong with one of them, all the others are ended and deleted. */
    @Override
    public void close() {
        background.shutdownNow();
        background.close();
        Parallel.forEach(all(), instance -> {
            if (!instance.kill()) {
                workshop.note(instance.name() + " could not be ended; its process is " + instance.servingPid());
            }
        });
        Parallel.forEach(List.copyOf(layers), workshop::discard);
    }
}
