package dev.coatcheck.gallery;

import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one process of the gallery: {@code web}, {@code worker} or {@code release}; or does a one-off command,
 * {@code admin}; {@code train} is for the build.
 */
public final class Main {
    private static final int USAGE = 64;
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        var words = List.of(arguments);
        if (words.size() > 1 && words.getFirst().equals("admin")) {
            admin(words.subList(1, words.size()));
            return;
        }
        switch (words.size() == 1 ? words.getFirst() : "") {
            case "web" -> {
                var config = Config.orExit(WebConfig.class);
                run(config.drainTimeout(), lifecycle -> Web.start(config, lifecycle));
            }
            case "worker" -> {
                var config = Config.orExit(WorkerConfig.class);
                run(config.drainTimeout(), lifecycle -> PhotoWorker.start(config, lifecycle));
            }
            case "release" -> {
                var config = Config.orExit(DatabaseConfig.class);
                orExit(() -> Release.run(config));
            }
            case "train" -> Training.run();
            default -> {
                System.err.println("usage: java -jar coatcheck-gallery.jar web|worker|release|admin COMMAND");
                System.exit(USAGE);
            }
        }
    }

    private static void admin(List<String> command) {
        var config = Config.orExit(DatabaseConfig.class);
        orExit(() -> System.exit(Admin.run(config, command)));
    }

    private static void run(Duration drainTimeout, Consumer<Lifecycle> start) throws InterruptedException {
        try (var lifecycle = Lifecycle.start(drainTimeout)) {
            orExit(() -> start.accept(lifecycle));
            lifecycle.ready();
            lifecycle.awaitStopped();
        }
    }

    /** A process that cannot start says why in one line and ends: whoever supervises it will try again. */
    private static void orExit(Runnable start) {
        try {
            start.run();
        } catch (IllegalArgumentException e) {
            log.error("The configuration cannot be used: {}", e.getMessage());
            System.exit(Config.EXIT_STATUS);
        } catch (BackingServiceException e) {
            log.error("{}", e.getMessage());
            System.exit(1);
        }
    }
}
