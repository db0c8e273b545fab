package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;

/**
 * A subscription's place on a topic, from joining to leaving: whoever joins again has another, and gets nothing that was
 * meant for the one before.
 */
final class Membership implements Sink {
    private final Feed feed;
    private final Mailbox mailbox;

    Membership(Feed feed, Mailbox mailbox) {
        this.feed = feed;
        this.mailbox = mailbox;
    }

    Feed feed() {
        return feed;
    }

    @Override
    public void begun(Begun begun) {
        mailbox.put(this, begun, 0);
    }

    @Override
    public void message(Message message, int bytes) {
        mailbox.put(this, message, bytes);
    }

    @Override
    public void missed(Missed missed) {
        mailbox.put(this, missed, 0);
    }
}
