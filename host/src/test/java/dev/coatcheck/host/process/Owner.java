package dev.coatcheck.host.process;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts the shell script given to it as a group, says that it did, and waits to be killed. */
final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws Exception {
        ProcessGroup group = ProcessGroup.start(new ProcessBuilder("sh", "-c", arguments[0])
                .directory(Path.of(arguments[1]).toFile()));
        System.out.println(group.pid());
        new CountDownLatch(1).await();
    }
}
