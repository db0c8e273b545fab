package dev.coatcheck.prove.isolation;

import java.nio.file.Path;

/**
 * What a layer is to be.
 *
 * @param hostname the name of the machine that its processes see: letters, digits and {@code -}
 * @param folder the application's, an absolute path; seen in the layer even where it lies in {@code /tmp}, which is empty
 *     otherwise
 * @param sizeBytes what its processes may write at most, all files together; what is beyond it they get as "no space
 *     left on device". It is memory, taken as it is written
 * @param localSockets whether the sockets that are files of this machine, as a database has one, can be connected to
 */
public record LayerSettings(String hostname, Path folder, long sizeBytes, Network network, boolean localSockets) {
    private static final long GIBIBYTE = 1L << 30;

    public LayerSettings {
        if (!hostname.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException("not the name of a machine: '" + hostname
                    + "'; expected 1 to 63 letters, digits and inner hyphens");
        }
        if (!folder.isAbsolute()) {
            throw new IllegalArgumentException("the application's folder has to be an absolute path: " + folder);
        }
        if (sizeBytes < 1 << 20) {
            throw new IllegalArgumentException("a layer needs a mebibyte at least, not " + sizeBytes + " bytes");
        }
        folder = folder.normalize();
    }

    /** At most a gibibyte, on the machine's own network. */
    public static LayerSettings of(String hostname, Path folder) {
        return new LayerSettings(hostname, folder, GIBIBYTE, new Network.Host(), true);
    }

    public LayerSettings withSizeBytes(long bytes) {
        return new LayerSettings(hostname, folder, bytes, network, localSockets);
    }

    public LayerSettings withNetwork(Network network) {
        return new LayerSettings(hostname, folder, sizeBytes, network, localSockets);
    }

    public LayerSettings withoutLocalSockets() {
        return new LayerSettings(hostname, folder, sizeBytes, network, false);
    }
}
