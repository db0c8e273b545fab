package dev.coatcheck.prove.check;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;

/**
 * What a request was answered with, as far as that tells who is let in from who is refused.
 *
 * @param status {@link #NO_STATUS} where there was no answer
 * @param leadsTo where a redirect leads; empty for all else
 */
record Answer(int status, String leadsTo) {
    private static final int NO_STATUS = 0;
    private static final int UNAVAILABLE = 503;
    private static final int LOCKED = 423;
    private static final int TOO_MANY = 429;

    static final Answer NONE = new Answer(NO_STATUS, "");

    static Answer of(Exchange exchange) {
        return exchange.response().map(Answer::of).orElse(NONE);
    }

    private static Answer of(Response response) {
        boolean redirects = response.status() / 100 == 3;
        return new Answer(
                response.status(), redirects ? response.header("Location").orElse("") : "");
    }

    boolean isNone() {
        return status == NO_STATUS;
    }

    boolean isAccepted() {
        return status / 100 == 2;
    }

    boolean isRedirect() {
        return status / 100 == 3;
    }

    /** Says no to who asks: a redirect does that as well where it leads to the log-in. */
    boolean turnsAway() {
        return status == 401 || status == 403 || isRedirect();
    }

    /** Says no to what is asked. That a redirect does, only its way can tell. */
    boolean refuses() {
        return status / 100 == 4 || status == UNAVAILABLE;
    }

    /** Says no because others came before, whatever it was that they asked for. */
    boolean speaksOfOthers() {
        return status == TOO_MANY || status == LOCKED || status == UNAVAILABLE;
    }

    boolean isUnavailable() {
        return status == UNAVAILABLE;
    }

    boolean isTooMany() {
        return status == TOO_MANY;
    }

    /** As in a sentence: {@code 429}, {@code 302 to /login}. */
    @Override
    public String toString() {
        return leadsTo.isEmpty() ? String.valueOf(status) : status + " to " + leadsTo;
    }
}
