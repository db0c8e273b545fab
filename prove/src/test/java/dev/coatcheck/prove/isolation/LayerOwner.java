package dev.coatcheck.prove.isolation;

import dev.coatcheck.host.process.ProcessGroup;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that makes a layer and starts a process in it, says who holds and who runs, and waits to be killed. */
final class LayerOwner {
    private LayerOwner() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Layer layer = Isolation.by(Mechanism.valueOf(arguments[0])).newLayer(LayerSettings.of("web-1", folder));
        ProcessGroup group = Shell.start(layer, folder, "exec sleep 600");
        System.out.println(layer.holderPid().orElseThrow() + " " + group.pid());
        new CountDownLatch(1).await();
    }
}
