package dev.coatcheck.prove.play;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/** What addresses of HTTP have in common. */
final class Origins {
    private Origins() {}

    static void check(URI address) {
        if (address.getHost() == null || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
            throw new IllegalArgumentException("'" + address
                    + "' is no address of an application; expected http://HOST:PORT or https://HOST:PORT");
        }
    }

    static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
    }

    /** Scheme, host and TCP port, without a slash at the end. */
    static String text(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority();
    }

    /** Whether the host is this machine itself, by its name or its number; no name is looked up. */
    static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        if (!name.matches("127(\\.\\d{1,3}){3}|\\[.*]")) {
            return false;
        }
        try {
            return InetAddress.getByName(name).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
