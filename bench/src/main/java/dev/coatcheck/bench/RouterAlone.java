package dev.coatcheck.bench;

import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.router.RouterSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** The router without the formation, in front of instances that somebody else runs. */
final class RouterAlone {
    private RouterAlone() {}

    /** The first argument is the TCP port to listen on; the others are those of the instances. */
    public static void main(String[] arguments) throws InterruptedException {
        RouterSettings settings = RouterSettings.defaults().withPort(Integer.parseInt(arguments[0]));
        // The other proxies write no access log either.
        Router router = Router.start(settings, access -> {});
        for (int i = 1; i < arguments.length; i++) {
            int port = Integer.parseInt(arguments[i]);
            router.add("web." + i, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("close").unstarted(router::close));
        new CountDownLatch(1).await();
    }
}
