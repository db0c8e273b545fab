package dev.coatcheck.servlet.channels;

import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;

/**
 * Who listens, and to what they may. Asked on the request's thread; may ask stores, whose
 * {@link dev.coatcheck.state.BackingServiceException} is answered with 503.
 */
public interface ChannelAccess {

    /** Whose request it is. */
    Subscriber subscriber(HttpServletRequest request);

    /**
     * A question that is asked without the request: whether the subscriber still is who the request said. Once when the
     * subscription can already be revoked, since their session may have ended after it was read, before anybody could have
     * told this subscription; and then at each {@link ChannelFaceSettings#recheck()}, since it may expire, or word of its end
     * get lost.
     */
    default BooleanSupplier validity(HttpServletRequest request) {
        return () -> true;
    }

    /**
     * Whether somebody may listen to a topic. Asked when the subscription can already be revoked, so that a revocation is
     * either seen here or ends it. A user's own topic is not asked about.
     */
    boolean mayListen(Subscriber subscriber, Topic topic);

    /**
     * Who is logged in by {@link SessionUser}, with the device that they are logged in on; behind a
     * {@link dev.coatcheck.servlet.SessionFilter}. One round trip to read the session, one when the connection is open,
     * to see that it was not revoked in between, and one at each {@link ChannelFaceSettings#recheck()}.
     *
     * @param mayListen whether somebody, perhaps nobody in particular, may listen to a topic
     */
    static ChannelAccess bySession(BiPredicate<Subscriber, Topic> mayListen) {
        return new ChannelAccess() {
            @Override
            public Subscriber subscriber(HttpServletRequest request) {
                var user = SessionUser.of(request).map(Subscriber::of).orElseGet(Subscriber::anonymous);
                return SessionUser.device(request).map(user::withSession).orElse(user);
            }

            @Override
            public BooleanSupplier validity(HttpServletRequest request) {
                return SessionUser.validity(request);
            }

            @Override
            public boolean mayListen(Subscriber subscriber, Topic topic) {
                return mayListen.test(subscriber, topic);
            }
        };
    }
}
