package dev.coatcheck.prove.play;

import java.net.URI;

/**
 * Where a step is sent: an instance, and the address at which it listens.
 *
 * @param instance its name, as {@code web.1}
 * @param address {@code http} or {@code https}, with host and TCP port; its path is not used
 * @param choice on which connection
 * @param host by which name it is known to TLS, in what a client asks for and what the certificate says
 */
public record Target(String instance, URI address, ConnectionChoice choice, String host) {
    public Target {
        Origins.check(address);
    }

    /** Known by the host of its address. */
    public Target(String instance, URI address, ConnectionChoice choice) {
        this(instance, address, choice, address.getHost());
    }

    /** Whatever process answers there. */
    public Target(String instance, URI address) {
        this(instance, address, ConnectionChoice.ANY);
    }

    /** The same, known by another name: that of the application, of which it is one instance. */
    public Target knownAs(String name) {
        return new Target(instance, address, choice, name);
    }

    int port() {
        return Origins.port(address);
    }

    boolean secure() {
        return "https".equals(address.getScheme());
    }
}
