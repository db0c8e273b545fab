package dev.coatcheck.formation.event;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Hands every event to whoever follows, and keeps the latest so that one who comes later sees what led here: 2,000 events
 * or four million characters of output and paths, whichever is less. Safe for use by several threads; all followers see the
 * events in the same order.
 *
 * <pre>{@code
 * try (EventLog.Following following = log.follow(100, event -> true, System.out::println)) {
 *     Thread.sleep(Duration.ofMinutes(1));
 * }
 * }</pre>
 */
public final class EventLog implements Consumer<Event> {
    private static final int MOST_EVENTS = 2_000;
    private static final long MOST_CHARACTERS = 4_000_000;

    private final Deque<Event> recent = new ArrayDeque<>();
    private final List<Follower> followers = new ArrayList<>();
    private long characters;

    /** Until it is closed, events come. */
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /** Each equal to itself alone, whatever it wants. */
    private static final class Follower {
        private final Predicate<Event> wanted;
        private final Consumer<Event> receiver;

        Follower(Predicate<Event> wanted, Consumer<Event> receiver) {
            this.wanted = wanted;
            this.receiver = receiver;
        }

        void accept(Event event) {
            if (wanted.test(event)) {
                receiver.accept(event);
            }
        }
    }

    @Override
    public synchronized void accept(Event event) {
        recent.addLast(event);
        characters += event.foreignCharacters();
        while (recent.size() > MOST_EVENTS || characters > MOST_CHARACTERS) {
            characters -= recent.removeFirst().foreignCharacters();
        }
        followers.forEach(follower -> follower.accept(event));
    }

    /**
     * Hands over the latest of the wanted events, and from then on each as it happens, without a gap between.
     *
     * @param latest how many at most of those that were already
     * @param receiver must return at once: every event waits for it
     */
    public synchronized Following follow(int latest, Predicate<Event> wanted, Consumer<Event> receiver) {
        List<Event> before = recent.stream().filter(wanted).toList();
        before.stream().skip(Math.max(0, before.size() - latest)).forEach(receiver);
        Follower follower = new Follower(wanted, receiver);
        followers.add(follower);
        return () -> forget(follower);
    }

    private synchronized void forget(Follower follower) {
        followers.remove(follower);
    }
}
