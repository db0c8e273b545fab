package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sessions on Redis: a hash for each session, which scripts read and change as a whole, and beside it an index for each
 * user ({@link UserIndex}).
 *
 * <p>Cost: {@code find}, {@code save}, {@code create}, {@code destroy} and {@code revoke} are one command; {@code create}
 * and {@code save} with a user are two, one after the other; {@code devices} and {@code revokeAll} are one command and
 * then one for each session, sent together. Where a session has a user, moving its end (once in a tenth of its idle
 * time-out) or ending it sends one more that nobody waits for, to mend the index.
 */
final class RedisSessions implements Sessions {
    private static final Script FIND = Script.of("session.lua", "find.lua");
    static final Script SAVE = Script.of("session.lua", "save.lua");
    private static final Script DESTROY = Script.of("destroy.lua");
    private static final Script REVOKE = Script.of("revoke.lua");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Connection connection;
    private final String prefix;
    private final SessionSettings settings;
    private final UserIndex index;

    RedisSessions(Connection connection, String prefix, SessionSettings settings) {
        this.connection = connection;
        this.prefix = prefix + "session:";
        this.settings = settings;
        this.index = new UserIndex(connection, prefix, millis(settings.absoluteTimeout()));
    }

    @Override
    public Optional<Session> find(SessionId id) {
        var attempt = "read session";
        var reply = run(attempt, FIND, id.handle(), List.of(id.secretHash(), absolute()));
        return switch (reply.text(0)) {
            case "open", "superseded" -> {
                var session = reply.session(id);
                if (reply.number(6) > 0) {
                    session.user().ifPresent(user -> index.mend(user, id.handle()));
                }
                yield Optional.of(session);
            }
            case "gone" -> Optional.empty();
            default -> throw newer(attempt);
        };
    }

    @Override
    public SaveResult create(SessionId id, Changes changes) {
        return write("create", id, changes, Optional.empty());
    }

    @Override
    public SaveResult save(SessionId id, Changes changes) {
        return write("save", id, changes, changes.rotates() ? Optional.of(id.rotated()) : Optional.empty());
    }

    @Override
    public void destroy(SessionId id) {
        var reply = run("destroy session", DESTROY, id.handle(), List.of(id.secretHash()));
        reply.optional(1).ifPresent(user -> index.forget(user, List.of(id.handle())));
    }

    @Override
    public List<Device> devices(String user) {
        var attempt = "list the sessions of a user";
        var listed = index.list(attempt, user);
        var stored =
                connection.forEach(attempt, listed.handles(), handle -> StoredDevice.read(connection, prefix, handle));
        var live = stored.stream().filter(device -> device.belongsTo(user)).toList();
        index.prune(user, listed, live.stream().map(StoredDevice::handle).collect(Collectors.toSet()));
        if (!live.stream().allMatch(StoredDevice::isUnderstood)) {
            throw newer(attempt);
        }
        return live.stream()
                .map(device -> device.toDevice(millis(settings.absoluteTimeout())))
                .sorted(Comparator.comparing(Device::createdAt).reversed())
                .toList();
    }

    @Override
    public boolean revoke(String user, String handle) {
        var revoked = run("revoke session", REVOKE, handle, List.of(user)).number(0) > 0;
        if (revoked) {
            index.forget(user, List.of(handle));
        }
        return revoked;
    }

    @Override
    public int revokeAll(String user) {
        var attempt = "revoke the sessions of a user";
        var listed = index.list(attempt, user);
        var handles = listed.handles();
        var replies = connection.forEach(attempt, handles, handle -> send(REVOKE, handle, List.of(user)));
        var revoked = IntStream.range(0, handles.size())
                .filter(i -> replies.get(i).number(0) > 0)
                .mapToObj(handles::get)
                .collect(Collectors.toSet());
        index.forget(user, revoked);
        index.prune(user, listed, revoked);
        return revoked.size();
    }

    /** A writer that is held up between telling the index and the session begins again; three times is an outage. */
    private SaveResult write(String mode, SessionId id, Changes changes, Optional<SessionId> rotated) {
        var attempt = mode + " session";
        for (int i = 0; i < 3; i++) {
            var mentioned = changes.user()
                    .map(user -> OptionalLong.of(index.mention(attempt, user, id.handle())))
                    .orElse(OptionalLong.empty());
            var arguments = SaveArguments.of(mode, id, changes, rotated, settings, mentioned);
            var reply = run(attempt, SAVE, id.handle(), arguments);
            switch (reply.text(0)) {
                case "saved" -> {
                    if (reply.number(2) > 0 && changes.user().isEmpty()) {
                        reply.optional(1).ifPresent(user -> index.mend(user, id.handle()));
                    }
                    return new Saved(rotated.orElse(id));
                }
                case "gone" -> {
                    return new Gone();
                }
                case "conflict" -> {
                    return reply.conflict();
                }
                case "large" -> {
                    return new TooLarge(reply.number(1), settings.maxBytes());
                }
                case "taken" ->
                    throw new IllegalArgumentException("a new session needs a fresh id, and " + id + " is taken");
                case "stale" -> {}
                default -> throw newer(attempt);
            }
        }
        throw connection.failure(
                attempt, new IllegalStateException("it was held up for " + UserIndex.LETS_KNOW + " ms each time"));
    }

    private SessionReply run(String attempt, Script script, String handle, List<String> arguments) {
        return connection.await(attempt, send(script, handle, arguments));
    }

    private CompletableFuture<SessionReply> send(Script script, String handle, List<String> arguments) {
        return connection.run(script, List.of(prefix + handle), arguments).thenApply(SessionReply::new);
    }

    private BackingServiceException newer(String attempt) {
        return connection.failure(
                attempt,
                new IllegalStateException("a newer release wrote the session in a format that this one does not read"));
    }

    private String absolute() {
        return Long.toString(millis(settings.absoluteTimeout()));
    }

    /** At least a millisecond, and no more than the server's arithmetic holds. */
    static long millis(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(1, duration.toMillis());
    }
}
