package dev.coatcheck.prove.isolation;

import java.net.InetSocketAddress;
import java.util.List;

/** What the processes of a layer see of the network. */
public sealed interface Network {
    /** That of the machine: TCP ports are shared with everything else. */
    record Host() implements Network {}

    /**
     * One of their own, with nothing in it but loopback, for applications that insist on a fixed TCP port. Nothing outside
     * can be reached but what is named here.
     *
     * @param services servers that stay reachable, each in the layer under its own TCP port on 127.0.0.1 and ::1; no two
     *     with the same TCP port
     */
    record Own(List<InetSocketAddress> services) implements Network {
        public Own {
            services = List.copyOf(services);
            if (services.stream()
                            .mapToInt(InetSocketAddress::getPort)
                            .distinct()
                            .count()
                    < services.size()) {
                throw new IllegalArgumentException(
                        "two services with the same TCP port cannot both be reached: " + services);
            }
        }
    }
}
