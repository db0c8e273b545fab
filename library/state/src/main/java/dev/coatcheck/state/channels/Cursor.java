package dev.coatcheck.state.channels;

/** Where somebody is in a topic's history who has not caught up. Used by the one thread that reads. */
final class Cursor {
    private final Membership membership;
    private volatile Position position;

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

    void moveTo(Position position) {
        this.position = position;
    }
}
