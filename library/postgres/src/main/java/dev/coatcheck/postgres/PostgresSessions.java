package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Changes.AttributeChange;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sessions, each a row, so that the index of users needs no mending and an end leaves nothing behind. */
final class PostgresSessions implements Sessions {
    private final Database database;
    private final SessionSettings settings;

    PostgresSessions(Database database, SessionSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    @Override
    public Optional<Session> find(SessionId id) {
        return database.ask("read a session", connection -> {
            try (var find = connection.prepareStatement("select * from coatcheck.find_session_v1(?, ?)")) {
                find.setString(1, id.handle());
                find.setString(2, id.secretHash());
                return Rows.first(find, row -> session(id, row));
            }
        });
    }

    @Override
    public SaveResult create(SessionId id, Changes changes) {
        // What is to be removed is not there, and versions mean nothing yet.
        var held = new HashMap<String, String>();
        changes.attributes().forEach((name, change) -> change.json().ifPresent(json -> held.put(name, json)));
        return database.ask("create a session", connection -> {
            try (var create = connection.prepareStatement(
                    "select * from coatcheck.create_session_v1(?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                create.setString(1, id.handle());
                create.setString(2, id.secretHash());
                create.setString(3, changes.user().orElse(null));
                create.setString(4, changes.label().orElse(null));
                create.setArray(
                        5, connection.createArrayOf("text", held.keySet().toArray()));
                create.setArray(
                        6, connection.createArrayOf("text", held.values().toArray()));
                create.setLong(7, Database.millis(changes.idleTimeout().orElse(settings.idleTimeout())));
                create.setLong(8, Database.millis(settings.absoluteTimeout()));
                create.setLong(9, settings.maxBytes());
                return Rows.only(create, row -> saved(id, row));
            }
        });
    }

    @Override
    public SaveResult save(SessionId id, Changes changes) {
        var next = changes.rotates() ? id.rotated() : id;
        return database.ask("save a session", connection -> {
            try (var save = connection.prepareStatement(
                    "select * from coatcheck.save_session_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                var attributes = changes.attributes();
                save.setString(1, id.handle());
                save.setString(2, id.secretHash());
                save.setString(3, changes.rotates() ? next.secretHash() : null);
                save.setArray(
                        4, connection.createArrayOf("text", attributes.keySet().toArray()));
                save.setArray(5, array(connection, "text", attributes, AttributeChange::json));
                save.setArray(6, array(connection, "int8", attributes, PostgresSessions::onlyIfVersion));
                save.setString(7, changes.user().orElse(null));
                save.setString(8, changes.label().orElse(null));
                setIdle(save, 9, changes.idleTimeout());
                save.setLong(10, Database.millis(settings.rotationGrace()));
                save.setLong(11, settings.maxBytes());
                return Rows.only(save, row -> saved(next, row));
            }
        });
    }

    private SaveResult saved(SessionId id, ResultSet row) throws SQLException {
        return switch (row.getString("outcome")) {
            case "saved" -> new SaveResult.Saved(id);
            case "gone" -> new SaveResult.Gone();
            case "conflict" -> new SaveResult.Conflict(current(row));
            case "too large" -> new SaveResult.TooLarge(row.getLong("bytes"), settings.maxBytes());
            case "taken" ->
                throw new IllegalArgumentException("a new session needs a fresh id, and " + id + " is taken");
            default -> throw new SQLException("the server answered \"" + row.getString("outcome") + "\"");
        };
    }

    @Override
    public void destroy(SessionId id) {
        database.ask("destroy a session", connection -> {
            try (var destroy = connection.prepareStatement(
                    "delete from coatcheck.sessions where handle = ? and secret_hash = ?")) {
                destroy.setString(1, id.handle());
                destroy.setString(2, id.secretHash());
                return destroy.executeUpdate();
            }
        });
    }

    @Override
    public List<Device> devices(String user) {
        StoredText.require("the user of a session", user);
        return database.ask("list a user's sessions", connection -> {
            try (var list = connection.prepareStatement(
                    "select handle, label, created_at, last_seen_at, expires_at from coatcheck.sessions"
                            + " where user_name = ? and expires_at > clock_timestamp() order by created_at desc, handle")) {
                list.setString(1, user);
                return List.copyOf(Rows.all(list, PostgresSessions::device));
            }
        });
    }

    @Override
    public boolean revoke(String user, String handle) {
        return end("revoke a session of a user", user, Optional.of(handle)) > 0;
    }

    @Override
    public int revokeAll(String user) {
        return end("revoke all sessions of a user", user, Optional.empty());
    }

    /** Returns how many of those that are ended now had not ended by themselves. */
    private int end(String attempt, String user, Optional<String> handle) {
        StoredText.require("the user of a session", user);
        handle.ifPresent(text -> StoredText.require("the handle of a session", text));
        return database.ask(attempt, connection -> {
            try (var end = connection.prepareStatement("with ended as (delete from coatcheck.sessions"
                    + " where user_name = ?" + (handle.isPresent() ? " and handle = ?" : "")
                    + " returning expires_at) select count(*) from ended where expires_at > clock_timestamp()")) {
                end.setString(1, user);
                if (handle.isPresent()) {
                    end.setString(2, handle.get());
                }
                return Rows.only(end, row -> row.getInt(1));
            }
        });
    }

    private static Session session(SessionId id, ResultSet row) throws SQLException {
        var attributes = new HashMap<String, Attribute>();
        var names = Rows.texts(row, "names");
        var jsons = Rows.texts(row, "jsons");
        var versions = Rows.longs(row, "versions");
        for (int i = 0; i < names.length; i++) {
            attributes.put(names[i], new Attribute(jsons[i], versions[i]));
        }
        return new Session(
                id,
                Rows.text(row, "user_name"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "last_seen_at"),
                Rows.instant(row, "expires_at"),
                Duration.ofMillis(row.getLong("idle_ms")),
                attributes,
                row.getBoolean("superseded"));
    }

    /** What the attributes in conflict hold now; version 0 stands for none. */
    private static Map<String, Optional<Attribute>> current(ResultSet row) throws SQLException {
        var current = new HashMap<String, Optional<Attribute>>();
        var names = Rows.texts(row, "names");
        var jsons = Rows.texts(row, "jsons");
        var versions = Rows.longs(row, "versions");
        for (int i = 0; i < names.length; i++) {
            current.put(
                    names[i], versions[i] == 0 ? Optional.empty() : Optional.of(new Attribute(jsons[i], versions[i])));
        }
        return current;
    }

    private static Device device(ResultSet row) throws SQLException {
        return new Device(
                row.getString("handle"),
                Rows.text(row, "label"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "last_seen_at"),
                Rows.instant(row, "expires_at"));
    }

    private static Optional<Long> onlyIfVersion(AttributeChange change) {
        return change.onlyIfVersion().stream().boxed().findAny();
    }

    /** One element for each attribute, in their order; null where it is empty. */
    private static Array array(
            Connection connection,
            String type,
            Map<String, AttributeChange> attributes,
            Function<AttributeChange, Optional<?>> element)
            throws SQLException {
        var elements = new @Nullable Object[attributes.size()];
        int index = 0;
        for (var change : attributes.values()) {
            elements[index++] = element.apply(change).orElse(null);
        }
        return connection.createArrayOf(type, elements);
    }

    private static void setIdle(PreparedStatement statement, int index, Optional<Duration> idleTimeout)
            throws SQLException {
        if (idleTimeout.isPresent()) {
            statement.setLong(index, Database.millis(idleTimeout.get()));
        } else {
            statement.setNull(index, Types.BIGINT);
        }
    }
}
