package dev.coatcheck.contracts.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The main class of a {@link Peer}. */
final class PeerMain {
    static final Duration LIFETIME = Duration.ofMinutes(5);

    private PeerMain() {}

    public static void main(String[] arguments) {
        var said = new LinkedBlockingQueue<String>(1_000);
        endAfter(LIFETIME);
        listen(said);
        try {
            run((StoreFactory<?>) make(arguments[0]), (PeerAction<?>) make(arguments[1]), arguments, said);
            end(0);
        } catch (Exception | LinkageError | AssertionError e) {
            e.printStackTrace();
            end(1);
        }
    }

    @SuppressWarnings("unchecked") // Peer.start had the two classes agree on the port.
    private static void run(
            StoreFactory<?> factory, PeerAction<?> action, String[] arguments, BlockingQueue<String> said)
            throws Exception {
        var rest = List.of(arguments).subList(2, arguments.length);
        ((PeerAction<Object>) action).run(factory.open(System.getenv(Peer.URL_VARIABLE)), rest, new Lines(said));
    }

    private static Object make(String className) throws ReflectiveOperationException {
        return Class.forName(className).getConstructor().newInstance();
    }

    /** Threads of a driver must not keep a peer alive, so it does not wait for them. */
    private static void end(int status) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    private static void endAfter(Duration lifetime) {
        Thread.ofPlatform().daemon().name("peer-lifetime").start(() -> {
            try {
                Thread.sleep(lifetime);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(2);
        });
    }

    /** Hears what the test says, and ends with it: standard input is closed when the test's JVM dies, however it dies. */
    private static void listen(BlockingQueue<String> said) {
        Thread.ofPlatform().daemon().name("peer-listener").start(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                reader.lines().forEach(said::add);
            } catch (IOException e) {
                System.err.println("could no longer hear the test: " + e);
            }
            end(3);
        });
    }

    private record Lines(BlockingQueue<String> said) implements PeerAction.Conversation {
        @Override
        public void say(String line) {
            System.out.println(line);
            System.out.flush();
        }

        @Override
        public String hear() {
            try {
                var line = said.poll(LIFETIME.toMillis(), TimeUnit.MILLISECONDS);
                if (line == null) {
                    throw new AssertionError("the test said nothing");
                }
                return line;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while listening to the test", e);
            }
        }
    }
}
