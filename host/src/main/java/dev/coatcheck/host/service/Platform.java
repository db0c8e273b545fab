package dev.coatcheck.host.service;

import java.util.Locale;

/** The systems for which servers are packaged. */
enum Platform {
    LINUX_AMD64("postgres-linux-x86_64.txz", "redis-server-6.2.6-v5-linux-amd64"),
    LINUX_ARM64("postgres-linux-arm_64.txz", "redis-server-6.2.7-linux-arm64"),
    DARWIN_ARM64("postgres-darwin-arm_64.txz", "redis-server-6.2.6-v5-darwin-arm64");

    /** The archive in the jar of zonky's PostgreSQL binaries. */
    final String postgresArchive;

    /** The executable in the jar of embedded-redis. */
    final String redisExecutable;

    Platform(String postgresArchive, String redisExecutable) {
        this.postgresArchive = postgresArchive;
        this.redisExecutable = redisExecutable;
    }

    static Platform current() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch");
        boolean arm = machine.equals("aarch64") || machine.equals("arm64");
        if (system.startsWith("linux")) {
            if (arm) {
                return LINUX_ARM64;
            }
            if (machine.equals("amd64") || machine.equals("x86_64")) {
                return LINUX_AMD64;
            }
        } else if (system.startsWith("mac") && arm) {
            return DARWIN_ARM64;
        }
        throw new ServerStartException("no PostgreSQL and Redis are packaged for " + system + " on " + machine
                + "; attach servers of your own by DATABASE_URL and REDIS_URL");
    }
}
