package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** What an application does with sessions. */
final class SessionOperations {
    private static final Changes SMALL = Changes.none().put("theme", "1");
    /** Together more than a store has in reserve. */
    private static final int MANY = 16;

    private final Sessions sessions;

    private SessionOperations(Sessions sessions) {
        this.sessions = sessions;
    }

    static List<Operation> of(Sessions sessions) {
        var operations = new SessionOperations(sessions);
        return sessions.capabilities().contains(SessionCapability.DEVICES)
                ? Stream.concat(operations.ofOne(), operations.ofUser()).toList()
                : operations.ofOne().toList();
    }

    private Stream<Operation> ofOne() {
        return Stream.of(
                operation("find a session", Room.NONE, () -> {
                    var id = create(SMALL);
                    return () -> assertThat(sessions.find(id).orElseThrow().attributes())
                            .containsKey("theme");
                }),
                operation("create a session", Room.SOME, () -> () -> create(SMALL)),
                operation("create large sessions", Room.MUCH, () -> () -> {
                    for (int i = 0; i < MANY; i++) {
                        create(Changes.none().put("cart", Incompressible.text(60_000)));
                    }
                }),
                operation("save a session", Room.SOME, () -> {
                    var id = create(SMALL);
                    return () -> assertThat(sessions.save(id, SMALL)).isEqualTo(new Saved(id));
                }),
                operation("rotate a session", Room.SOME, () -> {
                    var id = create(SMALL);
                    return () -> assertThat(sessions.save(id, Changes.none().rotate()))
                            .isInstanceOf(Saved.class);
                }),
                operation("update a session", Room.SOME, () -> {
                    var id = create(SMALL);
                    return () -> assertThat(sessions.update(id, "theme", old -> Optional.of(old.orElse("") + "1")))
                            .isEqualTo(new Saved(id));
                }),
                operation("destroy a session", Room.NONE, () -> {
                    var id = create(SMALL);
                    return () -> {
                        sessions.destroy(id);
                        assertThat(sessions.find(id)).isEmpty();
                    };
                }));
    }

    private Stream<Operation> ofUser() {
        return Stream.of(
                operation("list the sessions of a user", Room.NONE, () -> {
                    var user = logIn();
                    return () -> assertThat(sessions.devices(user)).hasSize(1);
                }),
                operation("revoke a session", Room.NONE, () -> {
                    var user = logIn();
                    var handle = sessions.devices(user).get(0).handle();
                    return () -> assertThat(sessions.revoke(user, handle)).isTrue();
                }),
                operation("revoke the sessions of a user", Room.NONE, () -> {
                    var user = logIn();
                    return () -> assertThat(sessions.revokeAll(user)).isEqualTo(1);
                }));
    }

    private SessionId create(Changes changes) {
        var id = SessionId.random();
        assertThat(sessions.create(id, changes)).isEqualTo(new Saved(id));
        return id;
    }

    private String logIn() {
        var user = UUID.randomUUID().toString();
        create(SMALL.user(user));
        return user;
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
