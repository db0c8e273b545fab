package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.prove.isolation.Layer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The disks and processes of one trial. Processes start side by side; all else is for one thread. */
final class Stand implements AutoCloseable {
    /** More starts at once than cores only make each of them slower. */
    private static final Semaphore STARTS =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

    private final Workshop workshop;
    private final int nameOffset;
    private final Map<String, Layer> disks = new HashMap<>();
    private final Map<Integer, Future<LabInstance>> web = new HashMap<>();
    private final List<LabInstance> workers = new ArrayList<>();
    private final List<LabInstance> all = new ArrayList<>();
    private final ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor();
    private int ownDisks;

    /** @param nameOffset added to the numbers of web processes in their names */
    Stand(Workshop workshop, int nameOffset) {
        this.workshop = workshop;
        this.nameOffset = nameOffset;
    }

    /** Those that keep running beside web processes. */
    List<ProcessType> workerTypes() {
        return workshop.workerTypes();
    }

    /** Begins to start the web process of a seat, unless that was begun before. Does not wait. */
    void startWeb(Seat seat) {
        web.computeIfAbsent(seat.process(), process -> {
            String name = ProcessType.WEB + "." + (nameOffset + process + 1);
            Layer layer = disk(seat.disk());
            return starts.submit(() -> {
                STARTS.acquire();
                try {
                    return workshop.startWeb(name, layer, this::tell);
                } finally {
                    STARTS.release();
                }
            });
        });
    }

    private void tell(LabInstance instance) {
        synchronized (all) {
            all.add(instance);
        }
    }

    /** The web process of a seat, ready. */
    LabInstance web(Seat seat) throws InterruptedException {
        startWeb(seat);
        return await(web.get(seat.process()));
    }

    private static LabInstance await(@Nullable Future<LabInstance> start) throws InterruptedException {
        if (start == null) {
            throw new IllegalStateException("nobody has begun to start it");
        }
        try {
            return start.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Hands out a web process that was started, for its end; a seat that has it is then given another. */
    Optional<LabInstance> takeWeb(int process) throws InterruptedException {
        Future<LabInstance> start = web.remove(process);
        return start == null ? Optional.empty() : Optional.of(await(start));
    }

    void startWorker(ProcessType type, Layer layer) {
        LabInstance worker = workshop.startWorker(type, type.name() + ".1", layer);
        tell(worker);
        workers.add(worker);
    }

    List<LabInstance> takeWorkers() {
        List<LabInstance> taken = List.copyOf(workers);
        workers.clear();
        return taken;
    }

    /** A disk by its number. */
    Layer disk(int number) {
        return disks.computeIfAbsent("disk " + number, _ -> workshop.newLayer("web-" + (nameOffset + number + 1)));
    }

    /** A disk for one process alone. */
    Layer ownDisk(String type) {
        ownDisks++;
        return disks.computeIfAbsent("own " + ownDisks, _ -> workshop.newLayer(type + "-" + ownDisks));
    }

    /** All that live. */
    List<LabInstance> instances() {
        synchronized (all) {
            return all.stream().filter(LabInstance::isAlive).toList();
        }
    }

    List<Run.Started> starts() {
        synchronized (all) {
            return all.stream().map(LabInstance::started).toList();
        }
    }

    @Override
    public void close() {
        starts.shutdownNow();
        for (Future<LabInstance> start : web.values()) {
            try {
                start.get();
            } catch (ExecutionException | CancellationException e) {
                // It did not start, and is not to.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        starts.close();
        synchronized (all) {
            all.parallelStream().forEach(LabInstance::close);
        }
        for (Layer disk : disks.values()) {
            try {
                disk.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the disk of an instance could not be deleted", e);
            }
        }
    }
}
