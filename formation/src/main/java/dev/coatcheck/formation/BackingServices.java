package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.host.service.ServerStartException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The backing services of a formation that are started with it. */
final class BackingServices implements AutoCloseable {
    private final Path folder;
    private final Journal journal;
    private final List<AttachedService> started = new CopyOnWriteArrayList<>();

    /** The data of each lies in a folder of its name in this one. */
    BackingServices(Path folder, Journal journal) {
        this.folder = folder;
        this.journal = journal;
    }

    /**
     * Starts them side by side and waits until all answer.
     *
     * @throws FormationException if one does not come up; those that did are left to {@link #close}
     */
    void start(Set<ServiceKind> kinds) {
        if (kinds.isEmpty()) {
            return;
        }
        List<String> names = kinds.stream().map(ServiceKind::label).toList();
        journal.tell(Kind.STARTING, Level.INFO, "starting " + String.join(" and ", names), Map.of("services", names));
        try {
            atOnce(
                    List.copyOf(kinds),
                    kind -> started.add(AttachedService.start(kind, folder.resolve(kind.label()), journal)));
        } catch (CompletionException e) {
            if (e.getCause() instanceof ServerStartException failed) {
                throw new FormationException(String.valueOf(failed.getMessage()), failed);
            }
            throw e;
        }
        started.sort(Comparator.comparing(AttachedService::kind));
    }

    /**
     * What tells a process where those of these kinds are: names of environment variables and their values, credentials
     * included. Others may run as well, for another release, and are not this one's.
     */
    Map<String, String> variables(Set<ServiceKind> kinds) {
        Map<String, String> variables = new HashMap<>();
        started.stream()
                .filter(service -> kinds.contains(service.kind()))
                .forEach(service -> variables.putAll(service.variables()));
        return variables;
    }

    /** Ends those of other kinds; their data stays. */
    void keepOnly(Set<ServiceKind> kinds) {
        List<AttachedService> ending = started.stream()
                .filter(service -> !kinds.contains(service.kind()))
                .toList();
        started.removeAll(ending);
        atOnce(ending, AttachedService::close);
        ending.forEach(service -> journal.tell(
                service.kind().label(),
                Kind.SERVICE_EXITED,
                Level.INFO,
                service.kind().label() + " stopped",
                Map.of()));
    }

    List<AttachedService> all() {
        return List.copyOf(started);
    }

    @Override
    public void close() {
        atOnce(started, AttachedService::close);
    }

    private static <T> void atOnce(List<T> elements, Consumer<T> action) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(elements.stream()
                            .map(element -> CompletableFuture.runAsync(() -> action.accept(element), threads))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }
}
