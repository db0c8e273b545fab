package dev.coatcheck.prove.play;

import java.net.URI;

/**
 * Where a step is sent: an instance, and the address at which it listens.
 *
 * @param instance its name, as {@code web.1}
 * @param address {@code http} or {@code https}, with host and TCP port; its path is not used
 * @param choice on which connection
 */
public record Target(String instance, URI address, ConnectionChoice choice) {
    public Target {
        Origins.check(address);
    }

    /** Whatever process answers there. */
    public Target(String instance, URI address) {
        this(instance, address, ConnectionChoice.ANY);
    }

    int port() {
        return Origins.port(address);
    }

    boolean secure() {
        return "https".equals(address.getScheme());
    }
}
