package dev.coatcheck.azure;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** An answer that may be another one in a moment. */
    private static final class PassingException extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean isUndone;

        PassingException(RefusedException refused, boolean isUndone) {
            super(refused.getMessage(), refused);
            this.isUndone = isUndone;
        }
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
        return ask(attempt, call, reading, true);
    }

    /**
     * Asks for what must not be done twice: after an answer that was lost, the second would not be that of the first. It is
     * done again only where the store has surely done nothing.
     */
    <T> T askOnce(String attempt, Call call, Reading<T> reading) {
        return ask(attempt, call, reading, false);
    }

    private <T> T ask(String attempt, Call call, Reading<T> reading, boolean isRepeatable) {
        long deadline = System.nanoTime() + requestTimeout.multipliedBy(2).toNanos();
        try {
            for (int tried = 1; ; tried++) {
                try {
                    return once(call, reading, deadline);
                } catch (RefusedException e) {
                    throw e;
                } catch (IOException e) {
                    boolean mayBeRepeated = isRepeatable || isUndone(e);
                    if (!mayBeRepeated || tried == ATTEMPTS || !pause(tried, deadline)) {
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

    private <T> T once(Call call, Reading<T> reading, long deadline) throws IOException, InterruptedException {
        var answer = send(call, deadline);
        try {
            if (PASSING.contains(answer.status())) {
                throw new PassingException(answer.refused(""), answer.isTurnedAway());
            }
            return reading.read(answer);
        } finally {
            answer.end();
        }
    }

    /** Whether the store has surely done nothing: it was not reached, or turned the request away. */
    private static boolean isUndone(IOException failure) {
        return failure instanceof ConnectException
                || failure instanceof HttpConnectTimeoutException
                || (failure instanceof PassingException passing && passing.isUndone);
    }

    /** Waits for the head of the answer; whoever takes its body waits for each piece, for so long at the most. */
    private Answer send(Call call, long deadline) throws IOException, InterruptedException {
        var content = new AnswerContent(requestTimeout);
        var answering = http.sendAsync(call.signed(url), head -> content);
        try {
            return new Answer(await(answering, deadline), deadline);
        } catch (IOException | InterruptedException e) {
            answering.cancel(true);
            // An answer that comes just now comes to nobody, and would hold its connection for ever.
            content.close();
            throw e;
        }
    }

    private <T> T await(Future<T> answering, long deadline) throws IOException, InterruptedException {
        long limit = Math.min(requestTimeout.toNanos(), deadline - System.nanoTime());
        try {
            return answering.get(limit, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("the request failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException(
                    "there was no answer within " + TimeUnit.NANOSECONDS.toMillis(limit) + " ms");
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
