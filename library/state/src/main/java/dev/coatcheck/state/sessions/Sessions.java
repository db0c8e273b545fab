package dev.coatcheck.state.sessions;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The port for sessions: what any process can read and change, and none has to remember.
 *
 * <p>Guarantees, on every adapter as far as it {@linkplain #capabilities() declares} them:
 *
 * <ul>
 *   <li>{@link #save} is atomic and carries only what changed. Two concurrent requests that change different
 *       attributes both survive; for the same attribute each change says whether the last writer wins or the later one
 *       is refused, and {@link #update} is an atomic read-modify-write.
 *   <li>A session that has ended is never brought back by a late writer: {@code save} never creates.
 *   <li>When a method returns, every process sees its effect.
 *   <li>Time is the store's clock, so processes whose clocks differ agree on what has expired.
 *   <li>The store holds no text that opens a session (see {@link SessionId}).
 * </ul>
 *
 * <p>Cost: each method is one round trip unless it says otherwise, reading with its sliding expiry included; the
 * expiry is moved only once a tenth of the idle time-out has passed, so most reads write nothing. On stores that keep
 * sessions and the index of their users apart, creating or saving with a {@linkplain Changes#user user} is one more.
 *
 * <p>Every method throws {@link BackingServiceException} where the store cannot be reached or does not answer in time.
 * A session is then neither there nor gone: answer 503, never with a new session. Thread-safe.
 *
 * <pre>{@code
 * var id = SessionId.random();
 * sessions.create(id, Changes.none().user("ada@example.org").put("theme", "\"dark\""));
 * // any other process:
 * var session = sessions.find(id).orElseThrow();
 * sessions.save(id, Changes.none().put("theme", "\"light\""));
 * }</pre>
 */
public interface Sessions {

    /** What this adapter promises, as its store can hold it: everything, unless it says otherwise. */
    default Set<SessionCapability> capabilities() {
        return Collections.unmodifiableSet(EnumSet.allOf(SessionCapability.class));
    }

    /**
     * Reads a session and moves its idle expiry.
     *
     * @return empty where there is none, it has expired, or the secret is not its own
     */
    Optional<Session> find(SessionId id);

    /**
     * Stores a new session. Doing it again with the same id (a driver that resends after a lost answer) is harmless.
     *
     * @param id a fresh {@link SessionId#random()}
     * @param changes what it holds; {@link Changes#rotate()} and versions mean nothing here
     * @return {@link Saved} or {@link TooLarge}
     * @throws IllegalArgumentException where the handle is taken by a session with another secret
     */
    SaveResult create(SessionId id, Changes changes);

    /**
     * Changes a session that is still there, and moves its idle expiry.
     *
     * @return {@link Saved} with the id to use from now on; {@link Gone}, {@link Conflict} or {@link TooLarge} where
     *     nothing was changed
     */
    SaveResult save(SessionId id, Changes changes);

    /**
     * Replaces one attribute by a function of what it holds, atomically: no concurrent write is lost. Two round trips,
     * and one more for each time that somebody else wrote the attribute in between.
     *
     * @param change from the JSON that is there (empty where there is none) to the JSON to store (empty removes it);
     *     called again after a conflict, so it has no effects of its own
     * @return {@link Saved}, {@link Gone} or {@link TooLarge}
     * @throws BackingServiceException also where others wrote the attribute in between a hundred times in a row
     */
    default SaveResult update(SessionId id, String attribute, Function<Optional<String>, Optional<String>> change) {
        return AttributeUpdate.apply(this, id, attribute, change);
    }

    /**
     * Ends a session. Ending one that is not there is no error; an id from before a rotation, or with a secret that is
     * not its own, ends nothing.
     */
    void destroy(SessionId id);

    /**
     * The live sessions of a user, newest first. On stores that keep sessions and their index apart this is two round
     * trips, and removes from the index what has ended.
     *
     * @throws UnsupportedOperationException without {@link SessionCapability#DEVICES}
     */
    List<Device> devices(String user);

    /**
     * Ends one session of a user, by its {@link Device#handle()}.
     *
     * @return whether there was such a session of that user
     * @throws UnsupportedOperationException without {@link SessionCapability#DEVICES}
     */
    boolean revoke(String user, String handle);

    /**
     * Ends every session of a user: "log out everywhere". A session that another process is just giving to the user is
     * either ended too or was given after this.
     *
     * @return how many there were
     * @throws UnsupportedOperationException without {@link SessionCapability#DEVICES}
     */
    int revokeAll(String user);
}
