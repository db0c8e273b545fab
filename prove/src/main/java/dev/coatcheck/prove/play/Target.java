package dev.coatcheck.prove.play;

import java.net.URI;

/**
 * Where a step is sent: an instance, and the address at which it listens.
 *
 * @param instance its name, as {@code web.1}
 * @param address {@code http} or {@code https}, with host and TCP port; its path is not used
 */
public record Target(String instance, URI address) {
    public Target {
        Origins.check(address);
    }

    int port() {
        return Origins.port(address);
    }

    boolean secure() {
        return "https".equals(address.getScheme());
    }
}
