package dev.coatcheck.prove.lab;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Instances that run already, as containers, pods or machines.
 *
 * @param instances the address of each, of one and not of a balancer before several; at least two
 * @param origin the application's address as its users know it
 * @param folder where the user is, and where the reset command runs
 * @param variables of the command line, for scenarios
 * @param requestLimit how long a request may take
 * @param reset a shell command that makes the backing services of the instances as they are to be before each run
 */
public record ElsewhereSettings(
        List<URI> instances,
        URI origin,
        Path folder,
        Map<String, String> variables,
        Duration requestLimit,
        Optional<String> reset)
        implements SiteSettings {
    public ElsewhereSettings {
        instances = List.copyOf(instances);
        variables = Map.copyOf(variables);
        long distinct =
                instances.stream().map(ElsewhereSettings::place).distinct().count();
        if (distinct < 2 || distinct < instances.size()) {
            throw new IllegalArgumentException(
                    "a conversation is split over two instances or more, each with an address of"
                            + " its own, and not over " + instances);
        }
    }

    /** One instance may have several names. */
    private static String place(URI address) {
        int port = address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
        String host = address.getHost().toLowerCase(Locale.ROOT);
        try {
            return InetAddress.getByName(host).getHostAddress() + " " + port;
        } catch (UnknownHostException e) {
            return host + " " + port;
        }
    }

    /**
     * The name that an instance's certificate has to be for: that by which users know the application, as a pod has no other.
     * Where none was told, that of the address.
     */
    String tlsName(URI address) {
        boolean isTold = "https".equals(origin.getScheme()) && !instances.contains(origin);
        return isTold ? origin.getHost() : address.getHost();
    }

    @Override
    public Site open() {
        return new Elsewhere(this);
    }

    @Override
    public int instances(int chosen) {
        return instances.size();
    }

    @Override
    public List<String> weaknesses() {
        return List.of(
                "the instances run elsewhere: none was killed or restarted, and nothing was looked for in their memory"
                        + " or on their disks. So it stays open what dies with a process, and where a state that leaks is kept;"
                        + " 'coatcheck prove' without --against, in the application's folder, tells both");
    }
}
