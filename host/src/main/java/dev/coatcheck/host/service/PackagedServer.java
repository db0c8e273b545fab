package dev.coatcheck.host.service;

import java.io.IOException;
import java.util.List;

/**
 * A server that comes with this build, or should.
 *
 * @param name as people write it: {@code PostgreSQL}
 * @param usable whether it is there for this machine and may be run by this user; nothing was started to find out
 * @param detail what there is, or why it cannot be used
 */
public record PackagedServer(String name, boolean usable, String detail) {
    /** PostgreSQL, Redis and the object store. May take some hundredths of a second: as root it tries to become nobody. */
    public static List<PackagedServer> all() {
        return List.of(
                of("PostgreSQL", () -> {
                    String archive = Platform.current().postgresArchive;
                    PackagedServers.require("/" + archive);
                    Unprivileged.account();
                    return PackagedServers.version("postgresql");
                }),
                of("Redis", () -> {
                    String executable = Platform.current().redisExecutable;
                    PackagedServers.require("/" + executable);
                    return executable;
                }),
                of("S3Proxy", () -> {
                    PackagedServers.require(PackagedServers.S3_JARS + "jars.txt");
                    return PackagedServers.version("s3proxy");
                }));
    }

    private interface Look {
        String detail() throws IOException;
    }

    private static PackagedServer of(String name, Look look) {
        try {
            return new PackagedServer(name, true, look.detail());
        } catch (IOException | ServerStartException e) {
            return new PackagedServer(name, false, String.valueOf(e.getMessage()));
        }
    }
}
