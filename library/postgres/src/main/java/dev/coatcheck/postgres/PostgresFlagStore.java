package dev.coatcheck.postgres;

import dev.coatcheck.state.flags.FlagListeners;
import dev.coatcheck.state.flags.FlagStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** Flags in a table. Every method is one round trip; the server tells of changes on a connection of its own. */
final class PostgresFlagStore implements FlagStore, AutoCloseable {
    private final Database database;
    private final Listener listener;
    private final FlagListeners listeners = new FlagListeners();

    /** @param driver makes connections, outside the pool */
    PostgresFlagStore(Database database, DataSource driver) {
        this.database = database;
        this.listener = new Listener(driver, database.resource(), List.of("coatcheck_flags"), new Listener.Heard() {
            @Override
            public void heard(List<String> messages) {
                listeners.tell();
            }

            @Override
            public void mayHaveMissed() {
                listeners.tell();
            }
        });
    }

    @Override
    public Optional<Stored> read(long knownVersion) {
        return database.ask("read flags", connection -> {
            try (var read = connection.prepareStatement("select * from coatcheck.read_flags_v1(?)")) {
                read.setLong(1, knownVersion);
                return Rows.first(read, PostgresFlagStore::stored);
            }
        });
    }

    private static Stored stored(ResultSet row) throws SQLException {
        var names = Rows.texts(row, "names");
        var contents = Rows.texts(row, "contents");
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            texts.put(names[i], contents[i]);
        }
        return new Stored(row.getLong("version"), texts);
    }

    @Override
    public void put(String name, String text) {
        database.ask("put the flag \"" + name + "\"", connection -> {
            try (var put = connection.prepareStatement("select coatcheck.put_flag_v1(?, ?)")) {
                put.setString(1, name);
                put.setString(2, text);
                return put.execute();
            }
        });
    }

    @Override
    public void remove(String name) {
        database.ask("remove the flag \"" + name + "\"", connection -> {
            try (var remove = connection.prepareStatement("select coatcheck.remove_flag_v1(?)")) {
                remove.setString(1, name);
                return remove.execute();
            }
        });
    }

    @Override
    public Listening listen(Runnable changed) {
        var listening = listeners.add(changed);
        listener.start();
        return listening;
    }

    /** Stops listening. */
    @Override
    public void close() {
        listener.close();
    }
}
