package dev.coatcheck.host.service;

import java.nio.file.Path;

/** A program that unpacks the servers into a cache folder, as several do at once. */
final class Unpacking {
    private Unpacking() {}

    public static void main(String[] arguments) throws Exception {
        PackagedServers servers = new PackagedServers(new BinaryCache(Path.of(arguments[0])));
        System.out.println(servers.postgres());
        System.out.println(servers.redisServer());
        System.out.println(servers.s3Proxy());
    }
}
