package dev.coatcheck.formation.router;

/**
 * Whether a client keeps up the pace that the settings ask for, {@link RouterSettings.Pace}. Time in which it is not the
 * client that is waited for does not count. To be asked at each tick.
 */
final class PaceCheck {
    private final long leastBytes;
    private final long time;
    private boolean counting;
    private long since;
    private long movedThen;

    PaceCheck(RouterSettings.Pace pace) {
        this.leastBytes = pace.bytes();
        this.time = pace.time().toNanos();
    }

    /**
     * @param awaited whether it is the client that is waited for
     * @param moved how many bytes have come from it, or gone to it, in all
     */
    boolean isTooSlow(boolean awaited, long moved, long now) {
        if (!awaited || !counting || moved - movedThen >= leastBytes) {
            counting = awaited;
            since = now;
            movedThen = moved;
        }
        return counting && now - since > time;
    }
}
