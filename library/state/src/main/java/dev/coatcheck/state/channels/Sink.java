package dev.coatcheck.state.channels;

/** Where a feed puts what comes: at once, without waiting for anybody. */
interface Sink {
    void begun(Topic topic, Position position);

    void message(Topic topic, StoredMessage message);

    void missed(Topic topic, Position position);
}
