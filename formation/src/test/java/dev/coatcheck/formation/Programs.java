package dev.coatcheck.formation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the applications of the tests are run by. */
final class Programs {
    private Programs() {}

    static void assumeOnPath(String program) {
        assumeTrue(
                List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                "the application of this test needs " + program + " on the PATH");
    }
}
