package dev.coatcheck.formation.router;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Something about a {@link Router} itself that a person who runs it wants to know. */
public sealed interface Notice {

    /** In words, as one line. */
    String message();

    /**
     * An instance keeps failing, and is asked last for a while.
     *
     * @param instance its name
     * @param reason what it did last
     * @param time for how long; doubled each time it comes back and fails again
     */
    record Ejected(String instance, String reason, Duration time) implements Notice {
        @Override
        public String message() {
            return instance + " " + reason + "; for " + time.toMillis() / 1000.0 + " s it is asked last";
        }
    }

    /** An instance that had been ejected has answered again. */
    record Returned(String instance) implements Notice {
        @Override
        public String message() {
            return instance + " answers again and takes its part of the requests";
        }
    }

    /**
     * The router cannot connect to an instance for a reason of this machine's, such as too many open files. Told once a
     * minute at most.
     *
     * @param instance its name
     * @param problem as the operating system puts it
     */
    record CannotConnect(String instance, String problem) implements Notice {
        @Override
        public String message() {
            return "the router cannot connect to " + instance + " (" + problem
                    + "). Look at what this machine allows: open files (ulimit -n), TCP ports, routes";
        }
    }

    /**
     * A client has as many connections as one address may have, and gets no further ones. Told once a minute at most.
     *
     * @param address the client's; the beginning of it for IPv6
     * @param most how many it may have
     */
    record TooManyConnections(String address, int most) implements Notice {
        @Override
        public String message() {
            return address + " has " + most
                    + " connections, which is the most for one address; further ones are closed";
        }
    }

    /** A changed TLS certificate is used for new connections. */
    record CertificateRenewed(Path file, Instant expires) implements Notice {
        @Override
        public String message() {
            return "the TLS certificate " + file + " was renewed, and expires " + expires;
        }
    }

    /** The TLS files have changed, and what was used before stays in use, because they cannot be used. */
    record CertificateRefused(String problem) implements Notice {
        @Override
        public String message() {
            return "the TLS certificate stays as it is: " + problem;
        }
    }
}
