package dev.coatcheck.acceptance;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever uses the gallery does not notice that it changes. It has no WebSockets; those are counted with the applications
 * of the formation's own tests.
 */
@Tag("long")
class GalleryUnnoticedIT {
    private static final int PER_SECOND = 200;

    private final byte[] photo = Pictures.jpeg(640, 480);

    @TempDir
    Path temporary = Path.of("unset");

    @Test
    @Timeout(1800)
    void rolls_scaling_and_restarts_are_noticed_by_nobody() throws Exception {
        var folder = RunningFormation.copyOfTheGallery(temporary);
        try (var formation = RunningFormation.up(folder, 2, 1);
                var load = VisitorLoad.on(formation.address(), "eve", PER_SECOND, 4, photo)) {
            for (int i = 0; i < 10; i++) {
                formation.roll();
            }
            for (int quantity : List.of(2, 16, 1, 3)) {
                formation.scale("web", quantity);
            }
            for (var instance : formation.ps("web")) {
                formation.restart(instance.name());
            }
            load.assertUnnoticed();
        }
    }

    /**
     * One at a time, as soon as another is ready, rather than one each second: on a small machine a JVM takes longer than the
     * five seconds' worth of requests that the router holds while none is.
     */
    @Test
    @Timeout(900)
    void no_idempotent_request_fails_while_instances_are_killed_one_after_the_other() throws Exception {
        var folder = RunningFormation.copyOfTheGallery(temporary);
        try (var formation = RunningFormation.up(folder, 3, 0);
                var load = VisitorLoad.on(formation.address(), "mallory", PER_SECOND, 0, photo)) {
            for (int i = 0; i < 30; i++) {
                var ready = formation.awaitReady("web", 2);
                RunningFormation.kill(ready.get(i % ready.size()));
                load.awaitMore(PER_SECOND);
            }
            load.assertUnnoticed();
        }
    }
}
