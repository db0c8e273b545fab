package dev.coatcheck.redis;

import dev.coatcheck.state.flags.FlagListeners;
import dev.coatcheck.state.flags.FlagStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Flags on Redis: one hash for all of them, which never ends by itself. Each method is one command; changes are published
 * on a channel, heard on one more connection.
 */
final class RedisFlagStore implements FlagStore, AutoCloseable {
    private static final Script READ = Script.of("flags-read.lua");
    private static final Script CHANGE = Script.of("flags-change.lua");

    private final Connection connection;
    private final List<String> keys;
    private final String channel;
    private final Listener listener;
    private final FlagListeners listeners = new FlagListeners();

    RedisFlagStore(Connection connection, String prefix) {
        this.connection = connection;
        this.keys = List.of(prefix + "flags");
        this.channel = prefix + "flags-changed";
        this.listener = new Listener(connection, List.of(channel), message -> listeners.tell(), listeners::tell);
    }

    @Override
    public Optional<Stored> read(long knownVersion) {
        if (!listeners.isEmpty()) {
            listener.start(); // anew, where the server was away when it was first tried
        }
        var reply = connection.await("read flags", connection.run(READ, keys, List.of(Long.toString(knownVersion))));
        if (reply.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> texts = new HashMap<>();
        for (int i = 1; i < reply.size(); i += 2) {
            texts.put(String.valueOf(reply.get(i)), String.valueOf(reply.get(i + 1)));
        }
        return Optional.of(new Stored(Long.parseLong(String.valueOf(reply.get(0))), texts));
    }

    @Override
    public void put(String name, String text) {
        connection.await("put the flag \"" + name + "\"", connection.run(CHANGE, keys, List.of(channel, name, text)));
    }

    @Override
    public void remove(String name) {
        connection.await("remove the flag \"" + name + "\"", connection.run(CHANGE, keys, List.of(channel, name)));
    }

    @Override
    public Listening listen(Runnable changed) {
        var listening = listeners.add(changed);
        listener.start();
        return listening;
    }

    /** Ends listening. */
    @Override
    public void close() {
        listener.close();
    }
}
