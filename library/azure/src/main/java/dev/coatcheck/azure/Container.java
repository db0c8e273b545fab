package dev.coatcheck.azure;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the adapters talk to: a container, whose failures are named. */
final class Container implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** What may be otherwise in a moment: time-outs, too many requests, and troubles of the store's own. */
    private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);

    private final AzureUrl url;
    private final Duration requestTimeout;
    private final ExecutorService threads;
    private final HttpClient http;

    /** What is made of an answer. An {@link IOException} other than a refusal may pass. */
    interface Reading<T> {
        T read(Answer answer) throws IOException;
    }

    Container(AzureUrl url, AzureSettings settings) {
        this.url = url;
        this.requestTimeout = settings.requestTimeout();
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("azure-http-", 0).factory());
        this.http = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(threads)
                .build();
    }

    AzureUrl url() {
        return url;
    }

    /**
     * Asks for what may be done twice, which is done again where it fails in a way that may pass.
     *
     * @param attempt what is tried, as a verb phrase, for the exception
     */
    <T> T ask(String attempt, Call call, Reading<T> reading) {
        return ask(attempt, call, reading, ATTEMPTS);
    }

    /** Asks for what must not be done twice: after an answer that was lost, the second would not be that of the first. */
    <T> T askOnce(String attempt, Call call, Reading<T> reading) {
        return ask(attempt, call, reading, 1);
    }

    private <T> T ask(String attempt, Call call, Reading<T> reading, int attempts) {
        long deadline = System.nanoTime() + requestTimeout.multipliedBy(2).toNanos();
        try {
            for (int tried = 1; ; tried++) {
                boolean isLast = tried == attempts;
                try {
                    return once(call, reading, Duration.ofNanos(deadline - System.nanoTime()), isLast);
                } catch (RefusedException e) {
                    throw e;
                } catch (IOException e) {
                    if (isLast || !pause(tried, deadline)) {
                        throw e;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackingServiceException(url.resource(), attempt, new IOException("interrupted", e));
        } catch (IOException e) {
            throw new BackingServiceException(url.resource(), attempt, named(e));
        }
    }

    private <T> T once(Call call, Reading<T> reading, Duration left, boolean isLast)
            throws IOException, InterruptedException {
        var answer = send(call, left.compareTo(requestTimeout) < 0 ? left : requestTimeout);
        try {
            if (PASSING.contains(answer.status()) && !isLast) {
                throw new IOException(answer.refused(""));
            }
            return reading.read(answer);
        } finally {
            answer.end();
        }
    }

    /** Waits for the head of the answer; whoever reads on waits for what comes, each time for so long at the most. */
    private Answer send(Call call, Duration limit) throws IOException, InterruptedException {
        var answering = http.sendAsync(call.signed(url), head -> new AnswerContent(requestTimeout));
        try {
            return new Answer(answering.get(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("the request failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("there was no answer within " + limit.toMillis() + " ms");
        } finally {
            answering.cancel(true);
        }
    }

    /** Waits before it is tried again, unless there is no time left for that. */
    private static boolean pause(int tried, long deadline) throws InterruptedException {
        long longest = FIRST_PAUSE.toNanos() << tried;
        long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest);
        if (deadline - System.nanoTime() < pause + FIRST_PAUSE.toNanos()) {
            return false;
        }
        TimeUnit.NANOSECONDS.sleep(pause);
        return true;
    }

    /** The platform's exceptions for connections that cannot be made have no message. */
    private static IOException named(IOException failure) {
        return failure.getMessage() == null
                ? new IOException(
                        "no connection could be made (%s)"
                                .formatted(failure.getClass().getSimpleName()),
                        failure)
                : failure;
    }

    /** Ends the connections; requests under way are cut. */
    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return url.resource();
    }
}
