package dev.coatcheck.prove.lab;

import java.util.List;

/** An instance does not listen on the TCP port that it was told to, but on others. */
public final class FixedPortException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Integer> ports;

    FixedPortException(String instance, List<Integer> ports) {
        super(instance + " does not listen on the TCP port in its variable PORT, but on " + ports);
        this.ports = List.copyOf(ports);
    }

    List<Integer> ports() {
        return ports;
    }
}
