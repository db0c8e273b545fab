package dev.coatcheck.contracts.channels;

import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.History;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A process's store that notes what it is asked for, and tells of messages without their text, or not at all. */
final class WatchedStore implements ChannelStore {
    final List<Page> reads = new CopyOnWriteArrayList<>();
    final List<Integer> looks = new CopyOnWriteArrayList<>();
    final AtomicInteger mostReadsAtOnce = new AtomicInteger();
    final AtomicInteger begins = new AtomicInteger();
    volatile boolean tells = true;
    volatile boolean tellsTexts;

    /** What happens in a read from a place, before the store is asked. */
    volatile BiConsumer<Topic, Position> beforeRead = (topic, place) -> {};

    /** From where nothing is found, as at a replica that is behind. */
    volatile Predicate<Position> hides = place -> false;

    /** What happens in a beginning, before the store is asked. */
    volatile Runnable beforeBegin = () -> {};

    /** What the next read, look and check fail with, each once. */
    final Queue<Error> readErrors = new ConcurrentLinkedQueue<>();

    final Queue<Error> lookErrors = new ConcurrentLinkedQueue<>();
    final Queue<Error> checkErrors = new ConcurrentLinkedQueue<>();

    private final ChannelStore store;
    private final AtomicInteger reading = new AtomicInteger();
    private volatile @Nullable Hearer hearer;

    WatchedStore(ChannelStore store) {
        this.store = store;
    }

    private static void failWith(Queue<Error> errors) {
        var error = errors.poll();
        if (error != null) {
            throw error;
        }
    }

    /** As after a connection that was made anew. */
    void mayHaveMissed(Collection<Topic> topics) {
        var listening = hearer;
        if (listening != null) {
            topics.forEach(listening::mayHaveMissed);
        }
    }

    @Override
    public void listen(Hearer hearer) {
        this.hearer = hearer;
        store.listen(new Hearer() {
            @Override
            public void heard(Topic topic, StoredMessage message) {
                if (tellsTexts) {
                    hearer.heard(topic, message);
                } else if (tells) {
                    hearer.published(topic);
                }
            }

            @Override
            public void published(Topic topic) {
                hearer.published(topic);
            }

            @Override
            public void mayHaveMissed(Topic topic) {
                hearer.mayHaveMissed(topic);
            }
        });
    }

    @Override
    public History read(Topic topic, Position after, Page page) {
        reads.add(page);
        failWith(readErrors);
        mostReadsAtOnce.accumulateAndGet(reading.incrementAndGet(), Math::max);
        try {
            beforeRead.accept(topic, after);
            return hides.test(after) ? new History.Kept(List.of()) : store.read(topic, after, page);
        } finally {
            reading.decrementAndGet();
        }
    }

    @Override
    public List<Position> heads(List<Topic> topics) {
        looks.add(topics.size());
        failWith(lookErrors);
        return store.heads(topics);
    }

    @Override
    public Position publish(Topic topic, String payload, Retention retention) {
        return store.publish(topic, payload, retention);
    }

    @Override
    public Position begin(Topic topic) {
        begins.incrementAndGet();
        beforeBegin.run();
        return store.begin(topic);
    }

    @Override
    public void follow(Topic topic) {
        store.follow(topic);
    }

    @Override
    public void unfollow(Topic topic) {
        store.unfollow(topic);
    }

    @Override
    public void check() {
        failWith(checkErrors);
        store.check();
    }

    @Override
    public void enter(String process, Duration lease) {
        store.enter(process, lease);
    }

    @Override
    public boolean renew(String process, Duration lease) {
        return store.renew(process, lease);
    }

    @Override
    public void announce(String process, Collection<Presence> arrived, Collection<Presence> left) {
        store.announce(process, arrived, left);
    }

    @Override
    public void exit(String process) {
        store.exit(process);
    }

    @Override
    public Set<String> present(Topic topic) {
        return store.present(topic);
    }

    @Override
    public void close() {
        store.close();
    }
}
