package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * One request on its way, from when its head has been read until the last byte of its response is out. Decides which
 * instance is asked, and what follows when one fails:
 *
 * <ul>
 *   <li>nothing was sent (refused, or reset at once): another instance, whatever the method is;
 *   <li>something was sent: another instance only if the method is idempotent and the whole body is at hand;
 *   <li>part of a response came, and none of it was passed on: another instance only for GET and HEAD;
 *   <li>a time-out, an upgrade, a response that has begun: never.
 * </ul>
 *
 * That is repeated until the hold limit, or until five instances have ended over the request. Where no instance is left
 * to ask, the request is held, and goes on as soon as an instance is added, or, where all that there are have just failed,
 * after a short pause.
 *
 * <p>Everything here runs on the thread of its event loop, but for {@link #released()}.
 */
final class Forwarding implements EventLoop.Timed {
    private static final Set<HttpString> IDEMPOTENT =
            Set.of(Methods.GET, Methods.HEAD, Methods.PUT, Methods.DELETE, Methods.OPTIONS);

    /** Those of which not even a second answer differs from the first, as far as the client can be concerned. */
    private static final Set<HttpString> SAFE = Set.of(Methods.GET, Methods.HEAD);

    /** Before instances are asked again that have all failed. */
    private static final Duration SECOND_TRY = Duration.ofMillis(100);

    /** Until the process of an instance is known to have ended, of which the connections have. */
    private static final Duration END_KNOWN = Duration.ofSeconds(2);

    /**
     * When so many instances have ended over a request, not just closed its connection, it is likely to be what ends them,
     * and the others are spared it.
     */
    private static final int MOST_ENDED = 5;

    private enum State {
        READING,
        HELD,
        ATTEMPTING,
        ANSWERING,
        /** Over for the client, whose connection may serve another request; the instance gets the last of this one. */
        PASSING_ON,
        OVER
    }

    private final RouterContext router;
    private final RouterSettings settings;
    private final EventLoop loop;
    private final HttpServerExchange exchange;
    private final RequestIntake intake;
    private final ClientEnd client;
    private final Answer answer;
    private final Arrival arrival;
    private final boolean upgrade;

    private State state = State.READING;
    private final List<Upstream> tried = new ArrayList<>(2);
    private final Set<Upstream> failedOver = new HashSet<>(0);
    private int attempts;
    private @Nullable Attempt attempt;
    private Refusal atDeadline = Refusal.NOTHING_READY;
    private long deadline;
    private long retryAt;
    private long mostFailedAt;

    Forwarding(HttpServerExchange exchange, ClientEnd client, EventLoop loop, RouterContext router) {
        this.router = router;
        this.settings = router.settings();
        this.loop = loop;
        this.exchange = exchange;
        this.intake = new RequestIntake(exchange, this, router);
        this.client = client;
        this.arrival = Arrival.of(exchange);
        this.answer = new Answer(this, client, arrival.requestId(), router);
        this.upgrade = RequestHeaders.askForWebSocket(exchange);
    }

    void start() {
        loop.begin(this);
        boolean tooMany = router.begun() > settings.limits().requests();
        exchange.addExchangeCompleteListener((completed, next) -> {
            ended();
            next.proceed();
        });
        Refusal refusal = tooMany ? Refusal.TOO_MANY_REQUESTS : RequestCheck.refusal(exchange, settings.limits());
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        RequestTarget.nameHost(exchange);
        intake.start(this::begin);
    }

    private void begin() {
        if (state == State.READING) {
            if (exchange.isRequestComplete()) {
                requestRead();
            }
            deadline = System.nanoTime() + settings.hold().age().toNanos();
            route();
        }
    }

    private void route() {
        long now = System.nanoTime();
        if (now - deadline >= 0) {
            refuse(isPaused() ? Refusal.PAUSED : atDeadline);
            return;
        }
        if (endsInstances()) {
            refuse(Refusal.ENDS_INSTANCES);
            return;
        }
        Upstream chosen = isPaused() ? null : router.rotation().choose(tried, upgrade, isRepeatable(), now);
        if (chosen == null) {
            hold(now);
            return;
        }
        state = State.ATTEMPTING;
        tried.add(chosen);
        attempts++;
        Attempt next = new Attempt(this, chosen, loop, router);
        attempt = next;
        // What cannot be sent again must not meet a connection that the instance is just closing. A streamed body is
        // gone with the first part of it that is sent.
        next.start(attempts == 1 && isRepeatable() && !(intake.body() instanceof RequestBody.Streamed));
    }

    private boolean endsInstances() {
        return numberEnded() >= MOST_ENDED;
    }

    /** Where some have ended, the others may have too, though nobody has noticed it yet. */
    private boolean mayEndInstances(long now) {
        return failedOver.size() >= MOST_ENDED
                && now - mostFailedAt < END_KNOWN.toNanos()
                && numberEnded() > 0
                && !endsInstances();
    }

    private long numberEnded() {
        return failedOver.stream().filter(Upstream::isRemoved).count();
    }

    private boolean isRepeatable() {
        return IDEMPOTENT.contains(exchange.getRequestMethod())
                && !upgrade
                && intake.body().isReplayable();
    }

    /** A pause of the router concerns only what no instance has been asked yet: the rest counts as in flight. */
    private boolean isPaused() {
        return attempts == 0 && router.isPaused();
    }

    private void hold(long now) {
        boolean noneAtAll = tried.isEmpty();
        tried.clear();
        if (router.isClosing() || !router.held().offer(this)) {
            refuse(isPaused() ? Refusal.PAUSED : noneAtAll && !router.isClosing() ? Refusal.TOO_MANY_HELD : atDeadline);
            return;
        }
        state = State.HELD;
        router.metrics().held.increment();
        retryAt = noneAtAll ? deadline : now + SECOND_TRY.toNanos();
        // An instance, or the end of the pause or of the router, may have come between the look and the offer.
        boolean outdated =
                noneAtAll && !isPaused() && !router.rotation().ready().isEmpty();
        if ((outdated || router.isClosing()) && router.held().remove(this)) {
            route();
        }
    }

    /** Is called on any thread, after the request was taken from the queue. */
    void released() {
        loop.execute(() -> {
            if (state == State.HELD && !isHeldOn()) {
                route();
            }
        });
    }

    /** Whether it goes on being held, since an instance that has come anew may be the next that it ends. */
    private boolean isHeldOn() {
        boolean offered = !router.isClosing()
                && mayEndInstances(System.nanoTime())
                && router.held().offer(this);
        // The router may have begun to close between the look and the offer.
        return offered && !(router.isClosing() && router.held().remove(this));
    }

    /** Nothing reached the instance. */
    void notSent(Attempt failed) {
        if (failed.isReused()) {
            tried.remove(failed.upstream());
        }
        if (intake.body().isReplayable()) {
            route();
        } else {
            refuse(Refusal.INSTANCE_FAILED);
        }
    }

    /**
     * Something reached the instance, and then the connection broke before there was a response to pass on.
     *
     * @param responseBegun whether part of one had come, so that the instance has surely acted: what only repeats the
     *     effect of a request (PUT, DELETE) might be answered otherwise the second time
     */
    void diedUnanswered(Attempt failed, boolean responseBegun) {
        if (failed.isReused()) {
            // Most likely the connection had been idle for too long, which says nothing about the instance.
            tried.remove(failed.upstream());
        }
        if (isRepeatable() && (!responseBegun || SAFE.contains(exchange.getRequestMethod()))) {
            atDeadline = Refusal.INSTANCES_FAILED;
            failedOver.add(failed.upstream());
            if (failedOver.size() < MOST_ENDED) {
                route();
            } else {
                // Whether its process has ended is known a moment later, and decides whether another one is asked.
                mostFailedAt = System.nanoTime();
                hold(mostFailedAt);
            }
        } else {
            refuse(Refusal.INSTANCE_FAILED);
        }
    }

    HttpServerExchange exchange() {
        return exchange;
    }

    RequestIntake intake() {
        return intake;
    }

    boolean isUpgrade() {
        return upgrade;
    }

    void copyRequestHeaders(HeaderMap to) {
        RequestHeaders.copy(exchange, arrival, intake.body(), upgrade, settings.trustForwarded(), to);
    }

    /** The instance takes no more of the body. Its response, if there is one, comes next. */
    void bodyNotWanted() {
        if (!isOverForClient()) {
            answer.bodyNotWanted();
        }
    }

    void requestRead() {
        if (!isOverForClient()) {
            client.requestRead();
        }
    }

    /** The instance has all of the request, or takes no more of it. */
    void requestPassedOn() {
        if (state == State.PASSING_ON) {
            over();
        }
    }

    private boolean isOverForClient() {
        return state == State.PASSING_ON || state == State.OVER;
    }

    /**
     * Sends the response whose status and header are set: from here on there is no other.
     *
     * @param source where its body comes from, if not null
     * @param first what comes before that, if not null
     * @param sourceEnded is called when the last byte of the source has been read
     */
    void answer(@Nullable StreamSourceChannel source, @Nullable PooledByteBuffer first, Runnable sourceEnded) {
        state = State.ANSWERING;
        answer.begin(attempt, source, first, sourceEnded);
    }

    /** Answers in the instance's place; where its response has begun, cuts that. */
    void refuse(Refusal refusal) {
        if (isOverForClient() || exchange.isResponseStarted()) {
            cut();
            return;
        }
        if (attempt != null) {
            attempt.end();
        }
        if (refusal.status() == 400 || !exchange.isRequestComplete()) {
            exchange.setPersistent(false);
        }
        answer(null, refusal.prepare(exchange), () -> {});
    }

    /** Ends the exchange where it is. */
    void cut() {
        if (!isOverForClient()) {
            answer.cutShort();
            client.cut();
        }
        over();
    }

    @Override
    public void tick(long now) {
        if (!isOverForClient() && client.hasLeft()) {
            over();
        }
        switch (state) {
            case READING -> {
                if (intake.isTooSlow(true, arrival.nanos(), now)) {
                    refuse(Refusal.BODY_TOO_SLOW);
                }
            }
            case HELD -> {
                boolean waits = now - deadline < 0 && mayEndInstances(now);
                if (now - retryAt >= 0 && !waits && router.held().remove(this)) {
                    route();
                }
            }
            case ATTEMPTING -> {
                if (attempt != null) {
                    attempt.tick(now);
                }
            }
            case ANSWERING, PASSING_ON -> {
                if (answer.isTooSlow(now)) {
                    cut();
                }
            }
            case OVER -> {}
        }
    }

    @Override
    public void abort() {
        cut();
    }

    /** The exchange is complete, or its connection is closed. */
    private void ended() {
        if (isOverForClient()) {
            return;
        }
        answer.stop();
        if (state == State.ANSWERING && answer.isComplete() && attempt != null && attempt.isOnlySending()) {
            state = State.PASSING_ON;
            client.over();
        } else {
            over();
        }
    }

    private void over() {
        if (state == State.OVER) {
            return;
        }
        State last = state;
        state = State.OVER;
        loop.end(this);
        router.held().remove(this);
        if (attempt != null) {
            attempt.end();
        }
        answer.stop();
        try {
            if (last != State.PASSING_ON) {
                client.over();
            }
            intake.over();
            Upstream asked = attempt == null ? null : attempt.upstream();
            boolean answered = last == State.ANSWERING || last == State.PASSING_ON;
            Access access = arrival.access(
                    exchange,
                    answered ? exchange.getStatusCode() : Access.CLIENT_LEFT,
                    answer.sentAt(System.nanoTime()),
                    asked,
                    attempts,
                    intake.received(),
                    answer.isComplete());
            router.metrics().count(access, asked);
            router.tell(access);
        } finally {
            // Whatever was thrown: a request that is over must not hold up the end of the router.
            router.over();
        }
    }
}
