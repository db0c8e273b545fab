package dev.coatcheck.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * People who are logged in: together they ask who they are at a steady rate, over connections that are kept, and some of
 * them upload one slow photo after the other. Everything is counted.
 */
final class VisitorLoad implements AutoCloseable {
    /** Longer than the router holds a request. */
    private static final Duration LIMIT = Duration.ofSeconds(70);

    private static final int VISITORS = 4;

    private final URI address;
    private final List<Visitor> visitors = new ArrayList<>();
    private final List<Thread> uploaders = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("load").daemon().factory());
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final Queue<Photo> photos = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** One that was taken in. */
    private record Photo(Visitor owner, String path) {}

    private VisitorLoad(URI address) {
        this.address = address;
    }

    /**
     * Starts it, once everybody has an account and a session.
     *
     * @param name a part of the accounts' names that no other load has
     * @param uploaders how many upload, of four people at the most: an account may upload sixty photos a minute
     */
    static VisitorLoad on(URI address, String name, int perSecond, int uploaders, byte[] photo) throws Exception {
        var load = new VisitorLoad(address);
        for (int i = 0; i < VISITORS; i++) {
            load.visitors.add(load.visitor(name + i + "@example.org"));
        }
        var _ = load.clock.scheduleAtFixedRate(load::ask, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
        for (var visitor : load.visitors.subList(0, uploaders)) {
            load.uploaders.add(Thread.ofPlatform()
                    .name("uploader")
                    .daemon()
                    .start(() -> load.uploadUntilFinished(visitor, photo)));
        }
        load.awaitMore(perSecond);
        return load;
    }

    void awaitMore(int requests) {
        int before = answered.get();
        await().atMost(LIMIT).until(() -> answered.get() >= before + requests || !failures.isEmpty());
    }

    /** Lets what was begun come to its end; then nothing may have failed, and what was taken in has to be there. */
    void assertUnnoticed() throws IOException, InterruptedException {
        finished.set(true);
        clock.shutdown();
        for (var uploader : uploaders) {
            uploader.join();
        }
        await().atMost(LIMIT).until(() -> answered.get() + photos.size() + failures.size() >= begun.get());
        assertThat(failures.stream().limit(5))
                .as("the first of %d failures, where %d requests were answered", failures.size(), answered.get())
                .isEmpty();
        assertThat(photos).hasSizeGreaterThanOrEqualTo(uploaders.size());
        for (var photo : photos) {
            assertThat(photo.owner().get(address, photo.path()).statusCode()).isEqualTo(200);
        }
    }

    @Override
    public void close() {
        finished.set(true);
        clock.shutdownNow();
        visitors.forEach(Visitor::close);
    }

    private Visitor visitor(String email) throws IOException, InterruptedException {
        var account = "{\"email\":\"" + email + "\",\"password\":\"correct horse battery\"}";
        var visitor = new Visitor();
        assertThat(visitor.post(address, "/register", account).statusCode()).isEqualTo(201);
        assertThat(visitor.post(address, "/login", account).statusCode()).isEqualTo(200);
        return visitor;
    }

    private void ask() {
        int turn = begun.getAndIncrement();
        var _ = visitors.get(turn % VISITORS)
                .ask(address, "/me")
                .whenComplete((response, failure) -> count(response, failure));
    }

    private void count(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response == null) {
            failures.add("GET /me: " + failure);
        } else if (response.statusCode() != 200) {
            failures.add("GET /me: " + describe(response));
        } else {
            answered.incrementAndGet();
        }
    }

    private void uploadUntilFinished(Visitor visitor, byte[] photo) {
        while (!finished.get()) {
            begun.incrementAndGet();
            try {
                var response = visitor.uploadSlowly(address, photo);
                if (response.statusCode() == 201) {
                    var id = Visitor.json(response).path("id").asString();
                    photos.add(new Photo(visitor, "/photos/" + id));
                } else {
                    failures.add("upload: " + describe(response));
                }
            } catch (IOException | InterruptedException e) {
                failures.add("upload: " + e);
            }
        }
    }

    private static String describe(HttpResponse<byte[]> response) {
        return response.statusCode() + " " + response.headers().map() + " " + new String(response.body(), UTF_8);
    }
}
