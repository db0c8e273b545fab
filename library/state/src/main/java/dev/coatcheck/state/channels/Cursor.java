package dev.coatcheck.state.channels;

/** Where somebody is in a topic's history who has not caught up. Used by the one thread that reads. */
final class Cursor {
    private final Membership membership;
    private volatile Position position;
    private volatile boolean confirmed;

    Cursor(Membership membership, Position position) {
        this.membership = membership;
        this.position = position;
    }

    Membership membership() {
        return membership;
    }

    Feed feed() {
        return membership.feed();
    }

    Position position() {
        return position;
    }

    /** To where the store said that something stands. */
    void moveTo(Position position) {
        this.position = position;
        confirmed = true;
    }

    /**
     * Whether the store has said that it knows the position. Until then it is only what a client says, and a store that has
     * lost its last messages, at a fail-over or to a backup, may end before it.
     */
    boolean isConfirmed() {
        return confirmed;
    }

    void confirm() {
        confirmed = true;
    }
}
