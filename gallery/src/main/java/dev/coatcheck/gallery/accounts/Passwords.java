package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hashes and checks passwords, a few at a time: each takes 19 MiB and all of a processor, and a flood of log-ins must
 * take neither the memory nor the processors from everything else.
 *
 * <p>On platform threads, because virtual ones that compute do not make way for others.
 */
public final class Passwords implements AutoCloseable {
    private static final int AT_ONCE = 2;
    private static final int WAITING = 32;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Stands in where there is no account, so that nobody can tell by the time it takes. */
    private static final PasswordHash NOBODY = PasswordHash.ofNobody();

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("password-", 0).daemon().factory());

    /** What to store for a password. */
    String hash(String password) {
        return compute(() -> PasswordHash.of(password).text());
    }

    /** Whether a password is the account's; takes as long where there is no account. */
    boolean matches(Optional<Account> account, String password) {
        var hash = account.map(Account::passwordHash).map(PasswordHash::parse).orElse(NOBODY);
        return compute(() -> hash.matches(password)) && account.isPresent();
    }

    private <T> T compute(Callable<T> work) {
        try {
            var task = threads.submit(work);
            try {
                return task.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                task.cancel(true);
            }
        } catch (RejectedExecutionException | TimeoutException e) {
            throw busy();
        } catch (ExecutionException e) {
            throw new IllegalStateException("could not compute a password's hash", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    private static ApiException busy() {
        return ApiException.unavailable("Too many people are logging in right now. Please try again in a moment.");
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
