package dev.coatcheck.prove.lab;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is done to many at a time: killing, and clearing away, are mostly waiting. */
final class Parallel {
    private Parallel() {}

    /**
     * The results in the order of the elements, when it is done for all of them. An interrupt does not end it.
     *
     * @throws IllegalStateException if it failed for some; it was done for all others nevertheless
     */
    static <T, R> List<R> map(Collection<T> elements, Function<T, R> function) {
        List<Future<R>> results;
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            results = elements.stream()
                    .map(element -> each.submit(() -> function.apply(element)))
                    .toList();
        }
        List<Throwable> failures = results.stream()
                .filter(result -> result.state() == Future.State.FAILED)
                .map(Future::exceptionNow)
                .toList();
        if (!failures.isEmpty()) {
            IllegalStateException failure = new IllegalStateException(failures.getFirst());
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
        return results.stream().map(Future::resultNow).toList();
    }

    /** As above, for what has no result. */
    static <T> void forEach(Collection<T> elements, Consumer<T> action) {
        map(elements, element -> {
            action.accept(element);
            return true;
        });
    }
}
