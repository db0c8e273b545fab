package dev.coatcheck.host.service;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts servers in a folder, tells their URLs, and waits to be killed. */
final class ServerOwner {
    private ServerOwner() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        System.out.println(PostgresServer.start(ServerSettings.at(folder.resolve("postgresql")))
                .url());
        System.out.println(
                RedisServer.start(ServerSettings.at(folder.resolve("redis"))).url());
        System.out.println(
                S3Server.start(ServerSettings.at(folder.resolve("s3"))).url());
        new CountDownLatch(1).await();
    }
}
