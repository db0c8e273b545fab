package dev.coatcheck.redis;

import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.History;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Topic;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Channels on Redis: a stream and a hash for each topic, in one slot of a cluster, and a key for each process that ends
 * unless it is renewed. A message travels to those processes that listen to its topic, by publish and subscribe, which
 * exists in every version and may lose it; the stream is what counts.
 *
 * <p>Cost: each method is one command, for several topics one for each, sent together: one round trip. {@link #present} is
 * two where anybody is there. A process that follows anything listens on one more connection. A server that is full
 * publishes nothing, and still reads.
 */
final class RedisChannelStore implements ChannelStore {
    private static final Script PUBLISH = Script.of("channel.lua", "channel-publish.lua");
    private static final Script HEAD = Script.of("channel.lua", "channel-head.lua");
    private static final Script READ = Script.of("channel.lua", "channel-read.lua");
    private static final Script ANNOUNCE = Script.of("channel-announce.lua");
    private static final String FORMAT = "1";

    private final Connection connection;
    private final String prefix;
    private final String channelPrefix;
    private final TopicListener listener;
    private volatile @Nullable Hearer hearer;

    RedisChannelStore(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
        this.channelPrefix = prefix + "channel-told:";
        this.listener = new TopicListener(connection, new TopicListener.Heard() {
            @Override
            public void heard(String channel, String message) {
                told(channel, message);
            }

            @Override
            public void begun(String channel) {
                listening(channel);
            }
        });
    }

    private void told(String channel, String message) {
        var listening = hearer;
        if (listening != null) {
            var topic = topic(channel);
            parse(message).ifPresentOrElse(heard -> listening.heard(topic, heard), () -> listening.published(topic));
        }
    }

    private void listening(String channel) {
        var listening = hearer;
        if (listening != null) {
            listening.mayHaveMissed(topic(channel));
        }
    }

    /** Whose channel it is: one that this process has followed. */
    private Topic topic(String channel) {
        return Topic.parse(channel.substring(channelPrefix.length()));
    }

    /** Reads what the script has published; nothing where it is of another format. */
    private static Optional<StoredMessage> parse(String message) {
        var parts = message.split(" ", 5);
        return parts.length == 5 && parts[0].equals(FORMAT)
                ? Optional.of(message(parts[1], parts[2], parts[3], parts[4]))
                : Optional.empty();
    }

    private static StoredMessage message(String epoch, String offset, String previous, String payload) {
        return new StoredMessage(new Position(epoch, Long.parseLong(offset)), Long.parseLong(previous), payload);
    }

    @Override
    public Position publish(Topic topic, String payload, Retention retention) {
        var arguments = List.of(
                channel(topic),
                payload,
                Integer.toString(retention.messages()),
                Long.toString(retention.age().toMillis()),
                Integer.toString(retention.bytes()));
        return position(connection.await("publish to a topic", connection.run(PUBLISH, keys(topic), arguments)), 0);
    }

    @Override
    public Position begin(Topic topic) {
        return heads(List.of(topic)).get(0);
    }

    @Override
    public List<Position> heads(List<Topic> topics) {
        return connection
                .forEach(
                        "ask where " + topics.size() + " topics end",
                        topics,
                        topic -> connection.run(HEAD, keys(topic), List.of()))
                .stream()
                .map(reply -> position(reply, 0))
                .toList();
    }

    @Override
    public History read(Topic topic, Position after, Page page) {
        var attempt = "read a topic";
        var arguments = List.of(
                after.epoch(),
                Long.toString(after.offset()),
                Integer.toString(page.messages()),
                Integer.toString(page.bytes()));
        var reply = connection.await(attempt, connection.run(READ, keys(topic), arguments));
        return switch (text(reply, 0)) {
            case "gone" -> new Gone(position(reply, 1));
            case "kept" -> {
                var messages = new ArrayList<StoredMessage>();
                for (int i = 2; i < reply.size(); i += 3) {
                    messages.add(message(text(reply, 1), text(reply, i), text(reply, i + 1), text(reply, i + 2)));
                }
                yield new Kept(messages);
            }
            default -> throw connection.failure(attempt, new IllegalStateException("answered " + text(reply, 0)));
        };
    }

    @Override
    public void listen(Hearer hearer) {
        this.hearer = hearer;
    }

    @Override
    public void follow(Topic topic) {
        listener.add(channel(topic));
    }

    @Override
    public void unfollow(Topic topic) {
        listener.remove(channel(topic));
    }

    @Override
    public void check() {
        listener.check();
    }

    @Override
    public void enter(String process, Duration lease) {
        connection.await(
                "say that a process is present",
                connection.send(redis -> redis.set(process(process), FORMAT, SetArgs.Builder.px(lease))));
    }

    @Override
    public boolean renew(String process, Duration lease) {
        return connection.await(
                "renew the presence of a process",
                connection.send(redis -> redis.pexpire(process(process), lease.toMillis())));
    }

    @Override
    public void announce(String process, Collection<Presence> arrived, Collection<Presence> left) {
        Map<Topic, Change> changes = new LinkedHashMap<>();
        arrived.forEach(presence -> change(changes, presence).arrived().add(field(process, presence.user())));
        left.forEach(presence -> change(changes, presence).left().add(field(process, presence.user())));
        connection.forEach("say who is present", List.copyOf(changes.entrySet()), change -> {
            var arguments = new ArrayList<String>();
            arguments.add(Integer.toString(change.getValue().arrived().size()));
            arguments.addAll(change.getValue().arrived());
            arguments.addAll(change.getValue().left());
            return connection.run(ANNOUNCE, List.of(presentKey(change.getKey())), arguments);
        });
    }

    /** What changes on one topic. */
    private record Change(List<String> arrived, List<String> left) {}

    private static Change change(Map<Topic, Change> changes, Presence presence) {
        return changes.computeIfAbsent(presence.topic(), topic -> new Change(new ArrayList<>(), new ArrayList<>()));
    }

    @Override
    public void exit(String process) {
        connection.await(
                "say that a process is not present any more", connection.send(redis -> redis.del(process(process))));
    }

    @Override
    public Set<String> present(Topic topic) {
        var attempt = "ask who is present";
        var fields = connection.await(attempt, connection.send(redis -> redis.hkeys(presentKey(topic))));
        var processes =
                fields.stream().map(RedisChannelStore::processOf).distinct().toList();
        var answers = connection.forEach(
                attempt, processes, process -> connection.send(redis -> redis.exists(process(process))));
        var alive = new HashSet<String>();
        for (int i = 0; i < processes.size(); i++) {
            if (answers.get(i) == 1) {
                alive.add(processes.get(i));
            }
        }
        var dead = fields.stream()
                .filter(field -> !alive.contains(processOf(field)))
                .toArray(String[]::new);
        if (dead.length > 0) {
            // A process that was taken for dead comes back under another name, so nothing of the living is removed.
            var unused = connection.send(redis -> redis.hdel(presentKey(topic), dead));
        }
        return fields.stream()
                .filter(field -> alive.contains(processOf(field)))
                .map(field -> field.substring(field.indexOf(' ') + 1))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String field(String process, String user) {
        return process + " " + user;
    }

    private static String processOf(String field) {
        return field.substring(0, field.indexOf(' '));
    }

    /** Ends listening. */
    @Override
    public void close() {
        hearer = null;
        listener.close();
    }

    private List<String> keys(Topic topic) {
        return List.of(tag(topic) + ":log", tag(topic) + ":known");
    }

    private String presentKey(Topic topic) {
        return tag(topic) + ":present";
    }

    /** In braces, so that all keys of a topic are in one slot; never empty, whatever the name begins with. */
    private String tag(Topic topic) {
        return prefix + "channel:{" + topic.text() + "}";
    }

    private String process(String process) {
        return prefix + "channel-process:" + process;
    }

    private String channel(Topic topic) {
        return channelPrefix + topic.text();
    }

    private static Position position(List<@Nullable Object> reply, int from) {
        return new Position(text(reply, from), Long.parseLong(text(reply, from + 1)));
    }

    private static String text(List<@Nullable Object> reply, int index) {
        return String.valueOf(reply.get(index));
    }
}
