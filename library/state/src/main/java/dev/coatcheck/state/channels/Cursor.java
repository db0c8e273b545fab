package dev.coatcheck.state.channels;

/** Where somebody is in a topic's history who has not caught up. Used by the one thread that reads. */
final class Cursor {
    private final Feed feed;
    private volatile Position position;

    Cursor(Feed feed, Position position) {
        this.feed = feed;
        this.position = position;
    }

    Feed feed() {
        return feed;
    }

    Position position() {
        return position;
    }

    void moveTo(Position position) {
        this.position = position;
    }
}
