package dev.coatcheck.formation;

import java.util.concurrent.locks.ReentrantLock;

/** Who may change what runs: one at a time. Whoever took the turn ends it, in the same thread. */
final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile String underWay = "nothing";

    /** Takes it when it is free, without waiting. */
    boolean tryTake(String what) {
        if (!lock.tryLock()) {
            return false;
        }
        underWay = what;
        return true;
    }

    /** Waits for it; an interrupt does not end the wait, whoever has it ends within the limits of what it does. */
    void take(String what) {
        lock.lock();
        underWay = what;
    }

    void end() {
        lock.unlock();
    }

    /** What the one who has it does, in words. */
    String underWay() {
        return underWay;
    }
}
