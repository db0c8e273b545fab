package dev.coatcheck.prove.isolation;

import java.io.IOException;

/**
 * What this machine and user allow to hold the instances of an application apart, and what makes their layers.
 *
 * <p>Thread-safe.
 */
public final class Isolation {
    private final Mechanism mechanism;

    private Isolation(Mechanism mechanism) {
        this.mechanism = mechanism;
    }

    /** By a mechanism that the caller knows to work here. */
    public static Isolation by(Mechanism mechanism) {
        return new Isolation(mechanism);
    }

    public Mechanism mechanism() {
        return mechanism;
    }

    /**
     * Makes a layer.
     *
     * @throws IOException if it cannot be made; the message says what the system said
     */
    public Layer newLayer(LayerSettings settings) throws IOException {
        return switch (mechanism) {
            case OVERLAY -> OverlayLayer.start(false, settings);
            case USER_OVERLAY -> OverlayLayer.start(true, settings);
        };
    }
}
