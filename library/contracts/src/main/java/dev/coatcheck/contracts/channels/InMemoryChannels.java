package dev.coatcheck.contracts.channels;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.History;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Channels in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It reaches nobody in another process, so it has no place in production; {@link #attach()} gives what one process
 * has of it, so that a test may play several.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryChannels {
    private final InstantSource clock;
    private final Map<Topic, Log> logs = new HashMap<>();
    private final Map<String, Instant> processes = new HashMap<>();
    private final Map<String, Set<ChannelStore.Presence>> present = new HashMap<>();
    private final List<Attached> attached = new CopyOnWriteArrayList<>();

    public InMemoryChannels(InstantSource clock) {
        this.clock = clock;
    }

    /** The store, as one more process has it. */
    public ChannelStore attach() {
        var process = new Attached();
        attached.add(process);
        return process;
    }

    private synchronized StoredMessage append(Topic topic, String payload, Retention retention) {
        var now = clock.instant();
        return log(topic).append(payload, now, retention);
    }

    private synchronized Log log(Topic topic) {
        return logs.computeIfAbsent(topic, begun -> new Log("" + micros(clock.instant())));
    }

    private synchronized History read(Topic topic, Position after, Page page) {
        var log = log(topic);
        return log.knows(after) ? new Kept(log.after(after, page)) : new Gone(log.head());
    }

    /** Loses everything after a place, as a fail-over does. */
    synchronized void loseAfter(Topic topic, Position kept) {
        log(topic).loseAfter(kept.offset());
    }

    private synchronized Position head(Topic topic) {
        return log(topic).head();
    }

    private synchronized void enter(String process, Duration lease) {
        processes.put(process, clock.instant().plus(lease));
    }

    private synchronized boolean isThere(String process) {
        var end = processes.get(process);
        return end != null && end.isAfter(clock.instant());
    }

    private synchronized boolean renew(String process, Duration lease) {
        if (!isThere(process)) {
            return false;
        }
        enter(process, lease);
        return true;
    }

    private synchronized void announce(
            String process, Collection<ChannelStore.Presence> arrived, Collection<ChannelStore.Presence> left) {
        var here = present.computeIfAbsent(process, begun -> new HashSet<>());
        here.addAll(arrived);
        here.removeAll(Set.copyOf(left));
    }

    private synchronized void exit(String process) {
        processes.remove(process);
        present.remove(process);
    }

    private synchronized Set<String> present(Topic topic) {
        return present.entrySet().stream()
                .filter(of -> isThere(of.getKey()))
                .flatMap(of -> of.getValue().stream())
                .filter(presence -> presence.topic().equals(topic))
                .map(ChannelStore.Presence::user)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** A topic's history. */
    private static final class Log {
        private final String epoch;
        private final Deque<Entry> entries = new ArrayDeque<>();
        private long last;
        private long dropped;
        private int bytes;

        private record Entry(StoredMessage message, Instant at, int bytes) {}

        Log(String epoch) {
            this.epoch = epoch;
        }

        Position head() {
            return new Position(epoch, last);
        }

        StoredMessage append(String payload, Instant now, Retention retention) {
            var position = new Position(epoch, Math.max(micros(now), last + 1));
            var message = new StoredMessage(position, last, payload);
            int size = StoredText.utf8Length(payload);
            entries.add(new Entry(message, now, size));
            bytes += size;
            last = position.offset();
            while (entries.size() > 1 && exceeds(retention, now)) {
                var oldest = entries.remove();
                bytes -= oldest.bytes();
                dropped = oldest.message().position().offset();
            }
            return message;
        }

        void loseAfter(long offset) {
            entries.removeIf(entry -> entry.message().position().offset() > offset);
            bytes = entries.stream().mapToInt(Entry::bytes).sum();
            last = offset;
        }

        private boolean exceeds(Retention retention, Instant now) {
            return entries.size() > retention.messages()
                    || bytes > retention.bytes()
                    || entries.element().at().isBefore(now.minus(retention.age()));
        }

        boolean knows(Position position) {
            return position.epoch().equals(epoch)
                    && (position.offset() == last
                            || position.offset() == dropped
                            || entries.stream()
                                    .anyMatch(
                                            entry -> entry.message().position().equals(position)));
        }

        List<StoredMessage> after(Position position, Page page) {
            var read = new ArrayList<StoredMessage>();
            int size = 0;
            for (var entry : entries) {
                if (read.size() == page.messages() || size >= page.bytes()) {
                    break;
                }
                if (entry.message().position().offset() > position.offset()) {
                    read.add(entry.message());
                    size += entry.bytes();
                }
            }
            return read;
        }
    }

    /** What one process has of it. */
    private final class Attached implements ChannelStore {
        private final Set<Topic> followed = ConcurrentHashMap.newKeySet();
        private volatile @Nullable Hearer hearer;

        @Override
        public Position publish(Topic topic, String payload, Retention retention) {
            var message = append(topic, payload, retention);
            attached.forEach(process -> process.tell(topic, message));
            return message.position();
        }

        private void tell(Topic topic, StoredMessage message) {
            var listening = hearer;
            if (listening != null && followed.contains(topic)) {
                listening.heard(topic, message);
            }
        }

        @Override
        public Position begin(Topic topic) {
            return head(topic);
        }

        @Override
        public List<Position> heads(List<Topic> topics) {
            return topics.stream().map(InMemoryChannels.this::head).toList();
        }

        @Override
        public History read(Topic topic, Position after, Page page) {
            return InMemoryChannels.this.read(topic, after, page);
        }

        @Override
        public void listen(Hearer hearer) {
            this.hearer = hearer;
        }

        @Override
        public void follow(Topic topic) {
            followed.add(topic);
            var listening = hearer;
            if (listening != null) {
                Thread.ofVirtual().name("in-memory-channels").start(() -> listening.mayHaveMissed(topic));
            }
        }

        @Override
        public void unfollow(Topic topic) {
            followed.remove(topic);
        }

        @Override
        public void check() {
            // Nothing comes between.
        }

        @Override
        public void enter(String process, Duration lease) {
            InMemoryChannels.this.enter(process, lease);
        }

        @Override
        public boolean renew(String process, Duration lease) {
            return InMemoryChannels.this.renew(process, lease);
        }

        @Override
        public void announce(String process, Collection<Presence> arrived, Collection<Presence> left) {
            InMemoryChannels.this.announce(process, arrived, left);
        }

        @Override
        public void exit(String process) {
            InMemoryChannels.this.exit(process);
        }

        @Override
        public Set<String> present(Topic topic) {
            return InMemoryChannels.this.present(topic);
        }

        @Override
        public void close() {
            attached.remove(this);
        }
    }
}
