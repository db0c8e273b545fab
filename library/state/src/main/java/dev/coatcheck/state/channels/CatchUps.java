package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Reads histories for those in this process who catch up, each at their own pace, in turn and in bounded room. */
final class CatchUps {
    private final ChannelStore store;
    private final Turns turns = new Turns();
    private final CatchUpRoom room = new CatchUpRoom();

    /**
     * What was read.
     *
     * @param bytes of the room, which whoever has it gives back
     */
    record Reading(History history, int bytes) {}

    CatchUps(ChannelStore store) {
        this.store = store;
    }

    CatchUpRoom room() {
        return room;
    }

    /**
     * Reads a page; empty where it was not their turn in time, or where it is not wanted any more by then.
     *
     * @param isWanted asked when it is their turn
     */
    Optional<Reading> read(Cursor cursor, Duration patience, BooleanSupplier isWanted) throws InterruptedException {
        return turns.take(
                        patience,
                        () -> isWanted.getAsBoolean()
                                ? Optional.of(read(cursor.feed().topic(), cursor.position()))
                                : Optional.<Reading>empty())
                .flatMap(reading -> reading);
    }

    private Reading read(Topic topic, Position after) {
        int taken = room.take();
        int held = 0;
        try {
            var history = store.read(topic, after, Page.LARGEST.withBytes(Math.max(1, taken)));
            held = Math.min(taken, bytes(history));
            return new Reading(history, held);
        } finally {
            room.giveBack(taken - held);
        }
    }

    private static int bytes(History history) {
        return switch (history) {
            case Kept(var messages) -> Page.bytes(messages);
            case Gone(var head) -> 0;
        };
    }
}
