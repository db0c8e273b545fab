package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What processes tell each other of who may no longer listen: messages of a topic of their own, so that none is missed
 * without being noticed.
 */
final class Revocations implements Sink {
    static final Topic TOPIC = new Topic(Topic.Kind.CONTROL, "revoked");

    private static final String USER = "user ";
    private static final String SESSION = "session ";

    private final BiConsumer<Predicate<Subscriber>, CloseReason> close;

    /** @param close ends the subscriptions of whom it is given, in this process */
    Revocations(BiConsumer<Predicate<Subscriber>, CloseReason> close) {
        this.close = close;
    }

    static String ofUser(String user) {
        return USER + user;
    }

    static String ofSession(String session) {
        return SESSION + session;
    }

    @Override
    public void begun(Begun begun) {}

    @Override
    public void message(Message message, int bytes) {
        var revoked = message.payload();
        if (revoked.startsWith(USER)) {
            var user = Optional.of(revoked.substring(USER.length()));
            close.accept(subscriber -> subscriber.user().equals(user), new CloseReason.Revoked());
        } else if (revoked.startsWith(SESSION)) {
            var session = Optional.of(revoked.substring(SESSION.length()));
            close.accept(subscriber -> subscriber.session().equals(session), new CloseReason.Revoked());
        } else {
            close.accept(subscriber -> true, new CloseReason.Unsure()); // of a release that knows more
        }
    }

    @Override
    public void missed(Missed missed) {
        close.accept(subscriber -> true, new CloseReason.Unsure());
    }
}
