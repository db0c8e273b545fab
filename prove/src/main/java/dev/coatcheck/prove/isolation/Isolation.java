package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.util.List;

/**
 * What this machine and user allow to hold the instances of an application apart, and what makes their layers.
 *
 * <pre>{@code
 * Isolation isolation = Isolation.probe();
 * isolation.weaknesses().forEach(report::warn);
 * try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", folder))) { … }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Isolation {
    private static final String COPY_IS_WEAKER =
            "This machine allows no disk of its own for each instance. Each got a copy of"
                    + " the application's folder and empty folders for HOME and TMPDIR; what an instance leaves at any other"
                    + " absolute path, /tmp included, the others find, and a leak through it is not seen.";

    private final Mechanism mechanism;
    private final boolean ownNetwork;
    private final List<Fact> facts;

    Isolation(Mechanism mechanism, boolean ownNetwork, List<Fact> facts) {
        this.mechanism = mechanism;
        this.ownNetwork = ownNetwork;
        this.facts = List.copyOf(facts);
    }

    /** The best that works here, found by trying each: some hundred milliseconds. */
    public static Isolation probe() {
        return Probing.probe();
    }

    /** By a mechanism that the caller knows to work here, without any facts. */
    public static Isolation by(Mechanism mechanism) {
        return new Isolation(mechanism, mechanism != Mechanism.COPY, List.of());
    }

    public Mechanism mechanism() {
        return mechanism;
    }

    /** Whether a layer can have a {@linkplain Network.Own network of its own}. */
    public boolean hasOwnNetworks() {
        return ownNetwork;
    }

    /** What was tried, in the order in which it was; empty where nothing was probed. */
    public List<Fact> facts() {
        return facts;
    }

    /** What is held apart less well than it should be, in sentences for a report; empty as a rule. */
    public List<String> weaknesses() {
        return mechanism == Mechanism.COPY ? List.of(COPY_IS_WEAKER) : List.of();
    }

    /**
     * Makes a layer: about a tenth of a second, and memory for what is written to it.
     *
     * @throws IOException if it cannot be made; the message says what the system said
     */
    public Layer newLayer(LayerSettings settings) throws IOException {
        return switch (mechanism) {
            case OVERLAY -> OverlayLayer.start(false, settings);
            case USER_OVERLAY -> OverlayLayer.start(true, settings);
            case COPY -> CopyLayer.start(settings);
        };
    }
}
