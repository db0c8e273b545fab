package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.play.PlaySettings;
import java.time.Duration;

/**
 * How the steps of a trial are played.
 *
 * @param grace for how long a step that only reads may differ from the control: what was written is on its way to the other
 *     processes. Where the process that served the last write then differs as well, the answer moves by itself, and is no
 *     difference
 * @param ownAddress whether connections come from a loopback address that no other trial has, where this machine has several:
 *     a limit by address that is kept in an attached backing service would else be used up by the trials before
 * @param listening whether what open sockets hear is waited for and compared
 */
public record Manner(Duration grace, boolean ownAddress, boolean listening) {
    /** What differs differs at once, and every trial comes from the same address. */
    public static final Manner USUAL = new Manner(Duration.ZERO, false, false);

    /** Reads may differ for half a second. */
    public static final Manner FORBEARING = new Manner(Duration.ofMillis(500), false, false);

    /** From an address of its own. */
    public static final Manner FROM_ELSEWHERE = new Manner(Duration.ZERO, true, false);

    /** With an ear for what comes on open sockets. */
    public static final Manner LISTENING = new Manner(Duration.ZERO, false, true);

    /** How requests are played in this manner. */
    PlaySettings from(PlaySettings usual, Duration requestLimit) {
        PlaySettings play = usual.withLimit(requestLimit);
        return ownAddress
                ? LoopbackAddress.another().map(play::withLocalAddress).orElse(play)
                : play;
    }
}
