package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sessions that note what they are asked, and can be cut off as a store that is down would be. */
final class WatchedSessions implements Sessions {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<Changes> saved = new CopyOnWriteArrayList<>();
    volatile boolean cutOffReading;
    volatile boolean cutOffWriting;

    /** Runs once, before the next save. */
    volatile Runnable beforeSave = () -> {};

    private final Sessions sessions;

    WatchedSessions(Sessions sessions) {
        this.sessions = sessions;
    }

    void forget() {
        asked.clear();
        saved.clear();
    }

    private void note(String what, boolean cutOff) {
        asked.add(what);
        if (cutOff) {
            throw new BackingServiceException("a store", what, new IllegalStateException("cut off"));
        }
    }

    @Override
    public Optional<Session> find(SessionId id) {
        note("find", cutOffReading);
        return sessions.find(id);
    }

    @Override
    public SaveResult create(SessionId id, Changes changes) {
        note("create", cutOffWriting);
        saved.add(changes);
        return sessions.create(id, changes);
    }

    @Override
    public SaveResult save(SessionId id, Changes changes) {
        note("save", cutOffWriting);
        var once = beforeSave;
        beforeSave = () -> {};
        once.run();
        saved.add(changes);
        return sessions.save(id, changes);
    }

    @Override
    public void destroy(SessionId id) {
        note("destroy", cutOffWriting);
        sessions.destroy(id);
    }

    @Override
    public List<Device> devices(String user) {
        note("devices", cutOffReading);
        return sessions.devices(user);
    }

    @Override
    public boolean revoke(String user, String handle) {
        note("revoke", cutOffWriting);
        return sessions.revoke(user, handle);
    }

    @Override
    public int revokeAll(String user) {
        note("revokeAll", cutOffWriting);
        return sessions.revokeAll(user);
    }
}
