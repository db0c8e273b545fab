package dev.coatcheck.prove.load;

import dev.coatcheck.host.process.Signal;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Midway;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks one process to end, once, while a request is under way, and knows whether it was. One use. */
final class Signalling {
    /** For a process that drops everything to do so. */
    private static final Duration SIGNALLED = Duration.ofMillis(500);

    private final LabInstance instance;
    private final Optional<Signal> signal;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Optional<String> missed = Optional.of("was over before");
    private volatile long asked;
    private volatile long ended;

    /** @param signal empty where the step is only to be played as slowly */
    Signalling(LabInstance instance, Optional<Signal> signal) {
        this.instance = instance;
        this.signal = signal;
    }

    /**
     * Plays a step that sends a body, and asks when half of that has come.
     *
     * @param accepted for the server to accept the request, and to hand it to who serves it
     */
    Exchange inTheMiddleOfItsBody(Conversation conversation, Step step, Duration accepted) throws InterruptedException {
        Midway midway = answering -> {
            try {
                Thread.sleep(accepted);
                if (answering.hasBegun()) {
                    // Whoever does not wait for the body has nothing under way, and may close the connection on it.
                    missed = Optional.of("was answered before its body had come");
                    return;
                }
                ask();
                Thread.sleep(SIGNALLED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the time of the request is over");
            }
        };
        try {
            return conversation.play(step, target(), midway);
        } finally {
            ended = System.nanoTime();
        }
    }

    /** Plays a step that takes a while, and asks after a part of that. */
    Exchange inTheMiddle(Conversation conversation, Step step, Duration after) throws InterruptedException {
        Thread asking = Thread.ofVirtual().name("drain").start(() -> {
            try {
                if (!over.await(after.toNanos(), TimeUnit.NANOSECONDS)) {
                    ask();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // nobody does
            }
        });
        try {
            return conversation.play(step, target());
        } finally {
            ended = System.nanoTime();
            over.countDown();
            asking.join();
        }
    }

    private void ask() {
        try {
            boolean sent = signal.isEmpty() || instance.signal(signal.get());
            missed = sent ? Optional.empty() : Optional.of("was under way in a process that could not be signalled");
        } catch (IOException e) {
            missed = Optional.of("was under way, and no signal could be sent: " + e.getMessage());
        }
        asked = System.nanoTime();
    }

    /**
     * Why the request cannot be said to have been under way when the signal came, in words; empty where it was.
     *
     * @param wasWell whether it was answered as it should be: while the signal was on its way, it was so without it
     */
    Optional<String> missed(boolean wasWell) {
        return missed.or(
                () -> wasWell && ended - asked < 0 ? Optional.of("was over when the signal came") : Optional.empty());
    }

    private Target target() {
        return instance.target().orElseThrow();
    }
}
