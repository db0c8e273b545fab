package dev.coatcheck.cli.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks many at once, and waits for none of them longer than for all. */
final class SideBySide {
    private SideBySide() {}

    /**
     * @param work may throw nothing but bugs
     * @param late what to say where it took too long
     */
    record Question<T>(Callable<T> work, Supplier<T> late) {}

    /** The answers in the order of the questions. What takes longer than the limit is interrupted and left alone. */
    // Not closed: closing would wait for who cannot be interrupted, as a name that is being looked up.
    @SuppressWarnings("resource")
    static <T> List<T> ask(List<Question<T>> questions, Duration limit) throws InterruptedException {
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("doctor-", 1).factory());
        List<Future<T>> futures = threads.invokeAll(
                questions.stream().map(Question::work).toList(), limit.toMillis(), TimeUnit.MILLISECONDS);
        threads.shutdownNow();
        List<T> answers = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            try {
                answers.add(futures.get(i).get());
            } catch (CancellationException e) {
                answers.add(questions.get(i).late().get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return answers;
    }
}
