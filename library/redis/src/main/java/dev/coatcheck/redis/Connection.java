package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.QueueShare;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a server, or to each node of a cluster. Commands are sent at once and answered in order; whoever
 * needs the answer waits for it, within the time-out, in a way that costs a virtual thread nothing.
 */
final class Connection implements AutoCloseable {
    private final RedisUrl url;
    private final Duration timeout;
    private final Driver driver;
    private final SilentLink link;
    private final RedisClusterAsyncCommands<String, String> commands;

    private Connection(
            RedisUrl url,
            Duration timeout,
            Driver driver,
            SilentLink link,
            RedisClusterAsyncCommands<String, String> commands) {
        this.url = url;
        this.timeout = timeout;
        this.driver = driver;
        this.link = link;
        this.commands = commands;
    }

    static Connection open(RedisUrl url, Duration timeout) {
        var link = new SilentLink();
        var driver = Driver.of(url, timeout, link);
        try {
            return new Connection(url, timeout, driver, link, driver.connect());
        } catch (RuntimeException e) {
            driver.close();
            throw new BackingServiceException(url.resource(), "connect", e);
        }
    }

    /** Runs a script; its answer is a list of texts, {@link Long}s and nulls. */
    CompletableFuture<List<@Nullable Object>> run(Script script, List<String> keys, List<String> arguments) {
        var keyArray = keys.toArray(String[]::new);
        var argumentArray = arguments.toArray(String[]::new);
        return this.<List<@Nullable Object>>send(
                        redis -> redis.evalsha(script.digest(), ScriptOutputType.MULTI, keyArray, argumentArray))
                .exceptionallyCompose(e -> isNoScript(e)
                        ? send(redis -> redis.eval(script.text(), ScriptOutputType.MULTI, keyArray, argumentArray))
                        : CompletableFuture.failedFuture(e));
    }

    /** Whether keys of different slots are kept apart. */
    boolean isCluster() {
        return url.kind() == RedisUrl.Kind.CLUSTER;
    }

    /** Sends a command without waiting for its answer. */
    <T> CompletableFuture<T> send(Function<RedisClusterAsyncCommands<String, String>, RedisFuture<T>> command) {
        try {
            return command.apply(commands).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e); // a closed connection, like any other failure
        }
    }

    /**
     * Waits for an answer.
     *
     * @param attempt what was tried, for the exception
     */
    <T> T await(String attempt, CompletableFuture<T> answer) {
        long sent = System.nanoTime();
        return await(attempt, answer, sent, sent);
    }

    /** Waits for all the answers to commands that were sent together, for one time-out in all. */
    <T> List<T> awaitAll(String attempt, List<CompletableFuture<T>> answers) {
        long sent = System.nanoTime();
        return answers.stream()
                .map(answer -> await(attempt, answer, sent, sent))
                .toList();
    }

    /**
     * Waits for an answer, for what is left of the time-out since a moment.
     *
     * @param sent when the command was, which may be later
     */
    <T> T await(String attempt, CompletableFuture<T> answer, long since, long sent) {
        try {
            long left = timeout.toNanos() - (System.nanoTime() - since);
            return answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof BackingServiceException known) {
                throw known;
            }
            if (cause instanceof RedisReadOnlyException) {
                link.closeAll(); // the server is a replica now: connecting again leads to the one that took its place
            }
            throw failure(attempt, cause);
        } catch (TimeoutException e) {
            // Where the time went by before there was a place in the queue, that says nothing of the link, which others
            // share.
            if (System.nanoTime() - sent > timeout.toNanos() / 10 * 9) {
                link.closeSilent(timeout);
            }
            throw failure(attempt, new TimeoutException("no answer within " + timeout.toMillis() + " ms"));
        } catch (InterruptedException e) {
            throw interrupted(attempt, "for the answer");
        }
    }

    /** Sends commands once a share of the queue has places for them, within what is left of the time-out since a moment. */
    <T> List<CompletableFuture<T>> send(
            QueueShare share, String attempt, List<Supplier<CompletableFuture<T>>> requests, long since) {
        try {
            return share.send(requests, timeout.minusNanos(System.nanoTime() - since));
        } catch (TimeoutException e) {
            throw failure(attempt, e);
        } catch (InterruptedException e) {
            throw interrupted(attempt, "for a place in the queue");
        }
    }

    /** Sends the commands for each of many items, a bounded number at a time, and waits for all the answers. */
    <S, T> List<T> forEach(String attempt, List<S> items, Function<S, CompletableFuture<T>> command) {
        int batch = 1_000;
        var results = new ArrayList<T>(items.size());
        for (int from = 0; from < items.size(); from += batch) {
            var some = items.subList(from, Math.min(from + batch, items.size()));
            results.addAll(awaitAll(attempt, some.stream().map(command).toList()));
        }
        return results;
    }

    /** Another client of the same, with threads of its own; whoever asks for it closes it. */
    Driver another() {
        return another(new SilentLink());
    }

    /** As {@link #another()}, whose links are watched by who asks for it. */
    Driver another(SilentLink watched) {
        return Driver.of(url, timeout, watched);
    }

    /** How long an answer is waited for. */
    Duration timeout() {
        return timeout;
    }

    /** The resource, without credentials. */
    String resource() {
        return url.resource();
    }

    private BackingServiceException interrupted(String attempt, String waiting) {
        Thread.currentThread().interrupt();
        return failure(attempt, new InterruptedException("interrupted while waiting " + waiting));
    }

    BackingServiceException failure(String attempt, Throwable cause) {
        return new BackingServiceException(url.resource(), attempt, isFull(cause) ? full(cause) : cause);
    }

    /** What a server that evicts nothing, or has nothing left to evict, says to what would take more memory. */
    static boolean isFull(@Nullable Throwable failure) {
        if (failure == null) {
            return false;
        }
        boolean saysSo = failure instanceof RedisCommandExecutionException
                && String.valueOf(failure.getMessage()).contains("OOM command not allowed");
        return saysSo || isFull(failure.getCause());
    }

    private static IllegalStateException full(Throwable cause) {
        return new IllegalStateException(
                "it is full and takes nothing new until its maxmemory is raised or something is removed: "
                        + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        driver.close();
    }

    private static boolean isNoScript(Throwable e) {
        return e instanceof RedisNoScriptException || e.getCause() instanceof RedisNoScriptException;
    }
}
