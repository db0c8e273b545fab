package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Who sends a request, as the key of a limit: an IPv4 address, or the first 64 bits of an IPv6 address, of which one
 * visitor has all the rest.
 *
 * <p>Whoever sends a request can write any {@code X-Forwarded-For}. Only what the proxies in front have added is believed:
 * each adds one address, at the end. A request that came around them, or whose entry is no address, counts for who made
 * the connection.
 *
 * @param proxies how many stand in front of this process: 1 behind the router of {@code coatcheck up}, 0 for none
 */
public record ClientAddress(int proxies) implements Function<HttpServletRequest, Optional<String>> {
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile("(%s(\\.%s){3})(:[0-9]{1,5})?".formatted(OCTET, OCTET));
    private static final Pattern V6 = Pattern.compile("\\[?([0-9A-Fa-f:.]{2,45})(%[^\\]]{1,32})?(](:[0-9]{1,5})?)?");

    public ClientAddress {
        if (proxies < 0 || proxies > 10) {
            throw new IllegalArgumentException("from none to 10 proxies stand in front of a process, not " + proxies);
        }
    }

    /** Behind so many proxies, each of which adds an address to {@code X-Forwarded-For}. */
    public static ClientAddress behind(int proxies) {
        return new ClientAddress(proxies);
    }

    @Override
    public Optional<String> apply(HttpServletRequest request) {
        var peer = request.getRemoteAddr();
        return Optional.of(forwarded(request)
                .flatMap(ClientAddress::normal)
                .orElseGet(() -> normal(peer).orElse(String.valueOf(peer))));
    }

    private Optional<String> forwarded(HttpServletRequest request) {
        var entries = List.of(String.join(",", Collections.list(request.getHeaders("X-Forwarded-For")))
                .split(",", -1));
        return proxies == 0 || entries.size() < proxies
                ? Optional.empty()
                : Optional.of(entries.get(entries.size() - proxies).strip());
    }

    /** The same text for every way to write an address, and none for what is none. Asks no name server. */
    private static Optional<String> normal(String text) {
        var v4 = V4.matcher(text);
        if (v4.matches()) {
            return Optional.of(v4.group(1));
        }
        var v6 = V6.matcher(text);
        if (!v6.matches() || v6.group(1).indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            var address = InetAddress.getByName(v6.group(1)); // with a colon in it, it is no name
            return Optional.of(
                    address instanceof Inet4Address
                            ? address.getHostAddress()
                            : HexFormat.ofDelimiter(":").formatHex(address.getAddress(), 0, 8) + "/64");
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
