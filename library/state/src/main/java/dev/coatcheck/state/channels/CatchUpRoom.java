package dev.coatcheck.state.channels;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much of the histories this process holds for those who catch up. Nobody waits for room: the less there is, the smaller
 * are the pages, down to one message, so that who takes a page and is slow with it holds up nobody.
 */
final class CatchUpRoom {
    static final int BYTES = 32 << 20;

    /** Of what is left. */
    private static final int SHARE = 16;

    private final AtomicInteger free = new AtomicInteger(BYTES);

    /** Takes room for a page: so many bytes, perhaps none; whoever took it gives it back. */
    int take() {
        int before = free.getAndUpdate(left -> left - share(left));
        return share(before);
    }

    private static int share(int left) {
        return Math.min(Page.LARGEST.bytes(), left / SHARE);
    }

    void giveBack(int bytes) {
        free.addAndGet(bytes);
    }
}
