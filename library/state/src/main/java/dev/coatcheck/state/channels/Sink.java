package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;

/** Where a feed puts what comes: at once, without waiting for anybody, and the same object for all who are given it. */
interface Sink {
    void begun(Begun begun);

    /**
     * A message comes.
     *
     * @param bytes how many its payload has in UTF-8
     */
    void message(Message message, int bytes);

    void missed(Missed missed);
}
