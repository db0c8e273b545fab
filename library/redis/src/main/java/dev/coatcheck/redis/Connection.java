package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a server. Commands are sent at once and answered in order; whoever needs the answer waits for
 * it, within the time-out, in a way that costs a virtual thread nothing.
 */
final class Connection implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final String resource;
    private final RedisURI uri;
    private final Duration timeout;
    private final ClientResources resources;
    private final RedisClient client;
    private final SilentLink link;
    private final RedisAsyncCommands<String, String> commands;

    private Connection(
            String resource,
            RedisURI uri,
            Duration timeout,
            ClientResources resources,
            RedisClient client,
            SilentLink link,
            StatefulRedisConnection<String, String> connection) {
        this.resource = resource;
        this.uri = uri;
        this.timeout = timeout;
        this.resources = resources;
        this.client = client;
        this.link = link;
        this.commands = connection.async();
    }

    static Connection open(RedisURI uri, Duration timeout) {
        var resource = "redis at " + uri.getHost() + ":" + uri.getPort() + "/" + uri.getDatabase();
        uri.setTimeout(timeout);
        uri.setClientName("coatcheck");
        var link = new SilentLink();
        var resources = LettuceOptions.resources(link);
        var client = RedisClient.create(resources, uri);
        try {
            client.setOptions(LettuceOptions.client(timeout));
            return new Connection(resource, uri, timeout, resources, client, link, client.connect());
        } catch (RuntimeException e) {
            close(client, resources);
            throw new BackingServiceException(resource, "connect", e);
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

    /** Sends a command without waiting for its answer. */
    <T> CompletableFuture<T> send(Function<RedisAsyncCommands<String, String>, RedisFuture<T>> command) {
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
        return awaitAll(attempt, List.of(answer)).get(0);
    }

    /** Waits for all the answers to commands that were sent together, for one time-out in all. */
    <T> List<T> awaitAll(String attempt, List<CompletableFuture<T>> answers) {
        var sent = link.sent();
        var results = new ArrayList<T>(answers.size());
        try {
            for (var answer : answers) {
                long left = timeout.toNanos() - sent.nanosAgo();
                results.add(answer.get(Math.max(0, left), TimeUnit.NANOSECONDS));
            }
            link.answered();
            return results;
        } catch (ExecutionException e) {
            throw failure(attempt, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            link.closeIfSilentSince(sent);
            throw failure(attempt, new TimeoutException("no answer within " + timeout.toMillis() + " ms"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(attempt, new InterruptedException("interrupted while waiting for the answer"));
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

    /** Another client of the same server, with threads of its own; whoever asks for it closes it. */
    RedisClient another() {
        var another = RedisClient.create(LettuceOptions.resources(new SilentLink()), uri);
        another.setOptions(LettuceOptions.client(timeout));
        return another;
    }

    RedisURI uri() {
        return uri;
    }

    /** The resource, without credentials. */
    String resource() {
        return resource;
    }

    BackingServiceException failure(String attempt, Throwable cause) {
        return new BackingServiceException(resource, attempt, cause);
    }

    @Override
    public void close() {
        close(client, resources);
    }

    /** Closes all of a client's connections, and ends its threads, within a limit. */
    static void close(RedisClient client, ClientResources resources) {
        try {
            client.shutdownAsync(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .orTimeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            // What does not close in time ends with the process; there is nothing that a caller could do.
        } finally {
            resources.shutdown(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSING.toMillis());
        }
    }

    private static boolean isNoScript(Throwable e) {
        return e instanceof RedisNoScriptException || e.getCause() instanceof RedisNoScriptException;
    }
}
