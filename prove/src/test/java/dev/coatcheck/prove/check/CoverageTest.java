package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CoverageTest {
    @Test
    void steps_are_separated_where_instances_are_whichever_of_their_processes_answered() {
        Run run = run(
                List.of(started("web.1", "one"), started("web.2", "another")),
                played(1, "web.1", 11),
                played(2, "web.1", 12),
                played(3, "web.2", 21));

        assertThat(Coverage.of(3, List.of(run))).isEqualTo(new Coverage(3, 2, 0));
    }

    @Test
    void steps_of_instances_that_share_a_disk_are_not_separated() {
        Run run = run(
                List.of(started("web.1", "one"), started("web.2", "one")),
                played(1, "web.1", 11),
                played(2, "web.2", 21));

        assertThat(Coverage.of(2, List.of(run))).isEqualTo(new Coverage(1, 0, 0));
    }

    private static Run run(List<Run.Started> starts, Run.Played... played) {
        return new Run(
                Plan.apart("apart", played.length),
                List.of(played),
                starts,
                List.of(),
                2,
                Optional.empty(),
                Instant.EPOCH,
                Duration.ZERO,
                List.of());
    }

    private static Run.Started started(String instance, String layer) {
        return new Run.Started(instance, 1, layer, Instant.EPOCH, Duration.ZERO);
    }

    private static Run.Played played(int number, String instance, long pid) {
        Step step = StepLines.read(Stream.generate(() -> "GET /").limit(number).toList(), Path.of("."), List.of())
                .steps()
                .getLast();
        Target target = new Target(instance, URI.create("http://127.0.0.1:1"));
        Outcome outcome = new Outcome.NotSent("it does not matter");
        return new Run.Played(
                new Exchange(step, target, outcome, List.of(), Map.of(), 1, Instant.EPOCH, Duration.ZERO),
                instance,
                pid,
                false);
    }
}
