package dev.coatcheck.state.cache;

import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.WaitingRoom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the processes tell each other, for adapters whose store passes messages on: the messages, and who hears them in
 * this process. Thread-safe; messages are to be brought one at a time, in their order.
 *
 * <p>A message of a kind that this release does not know may mean anything, and so is a gap.
 */
public final class CacheSignals {
    private static final String CHANGED = "changed ";
    private static final String TAG_CHANGED = "tag ";
    private static final String LOADED = "loaded ";
    private static final String BEAT = "beat ";

    private final WaitingRoom waiting = new WaitingRoom();
    private final List<Heard> hearers = new CopyOnWriteArrayList<>();

    /** Nobody hears yet. */
    public CacheSignals() {}

    /** Says that an entry was invalidated. */
    public static String changed(EntryKey key) {
        return CHANGED + key.text();
    }

    /** Says that all entries with a tag were invalidated. */
    public static String tagChanged(String cache, String tag) {
        return TAG_CHANGED + new EntryKey(cache, tag).text();
    }

    /** Says that a load has ended for which somebody waits. */
    public static String loaded(EntryKey key) {
        return LOADED + key.text();
    }

    /** Says something to the process itself. */
    public static String beat(String beat) {
        return BEAT + beat;
    }

    /** Somebody waits for the end of a load. */
    public LeaseStore.Waiting await(EntryKey key) {
        return waiting.enter(key.text());
    }

    /** Somebody hears of everything from now on, until what is returned is run. */
    public Runnable add(Heard heard) {
        hearers.add(heard);
        return () -> hearers.remove(heard);
    }

    /** A message came. */
    public void heard(String message) {
        try {
            if (message.startsWith(LOADED)) {
                waiting.wake(message.substring(LOADED.length()));
            } else if (message.startsWith(CHANGED)) {
                var key = EntryKey.parse(message.substring(CHANGED.length()));
                waiting.wake(key.text());
                hearers.forEach(heard -> heard.changed(key));
            } else if (message.startsWith(TAG_CHANGED)) {
                var tag = EntryKey.parse(message.substring(TAG_CHANGED.length()));
                hearers.forEach(heard -> heard.tagChanged(tag.cache(), tag.key()));
            } else if (message.startsWith(BEAT)) {
                hearers.forEach(heard -> heard.beat(message.substring(BEAT.length())));
            } else {
                gap();
            }
        } catch (IllegalArgumentException e) {
            gap();
        }
    }

    /** Messages may have been missed. */
    public void gap() {
        waiting.wakeAll();
        hearers.forEach(Heard::gap);
    }
}
