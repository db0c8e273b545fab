package dev.coatcheck.redis;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A user of Redis whose password changes, and the URL that says so, a little later. */
final class RotatingUser {
    private final String name = "rotates-" + UUID.randomUUID();
    private final AtomicReference<String> url = new AtomicReference<>();
    private final AtomicInteger asked = new AtomicInteger();

    /** Has the server know a password for it, and no other. */
    void put(RedisCommands<String, String> server, String password) {
        server.aclSetuser(
                name,
                AclSetuserArgs.Builder.on()
                        .resetpass()
                        .addPassword(password)
                        .allKeys()
                        .allChannels()
                        .allCommands());
    }

    /** Ends its connections, and says how many there were. */
    long end(RedisCommands<String, String> server) {
        return server.clientKill(KillArgs.Builder.user(name));
    }

    long connections(RedisCommands<String, String> server) {
        return server.clientList()
                .lines()
                .filter(line -> line.contains("user=" + name))
                .count();
    }

    /** @param place a URL without a login */
    void say(String place, String password) {
        url.set(place.replaceFirst("//", "//" + name + ":" + password + "@"));
    }

    void sayAnything(String text) {
        url.set(text);
    }

    /** What is given to the adapter. */
    String url() {
        asked.incrementAndGet();
        return url.get();
    }

    int asked() {
        return asked.get();
    }
}
