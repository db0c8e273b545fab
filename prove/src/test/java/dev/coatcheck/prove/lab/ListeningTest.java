package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Told;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ListeningTest {
    /** Is later than anybody waits for where it is web.1, and always works for a while. */
    private static final String LATE = """
            const listening = [];
            let written = 0;
            const late = process.env.COATCHECK_INSTANCE === 'web.1' ? 15000 : 0;
            require('http').createServer((q, s) => {
              if (q.url === '/events') {
                s.writeHead(200, { 'Content-Type': 'text/event-stream' });
                s.write(': hello\\n\\n');
                return listening.push(s);
              }
              if (q.method === 'POST') {
                written = Date.now();
                setTimeout(() => listening.forEach(each => each.write('data: news\\n\\n')), late);
              }
              s.end(Date.now() - written < 400 ? 'working' : 'done');
            }).listen(process.env.PORT);
            """;

    @TempDir
    Path folder;

    @Test
    void who_is_late_alone_teaches_that_it_is_late_and_is_asked_at_the_pace_of_the_control() throws Exception {
        Scenario scenario = StepLines.read(List.of("GET /events", "POST /news", "GET /state"), folder, List.of());
        try (Lab lab = new Trials(folder).web("exec node server.js", LATE).lab()) {
            List<List<Exchange>> alone = new ArrayList<>();
            for (int i = 0; i < Control.LEAST_RUNS; i++) {
                alone.add(play(lab, scenario, Optional.empty(), 5).exchanges());
            }
            Control control = Control.learn(alone);
            assertThat(control.told()).containsExactly(new Told(1, 2, false));

            Run late = play(lab, scenario, Optional.of(control), 0);

            assertThat(late.brokeAt(2)).as("%s", late.broken()).isTrue();
            assertThat(late.exchanges().getLast().heard())
                    .extracting(Message::text)
                    .containsExactly("news");
            Control taught = control.with(late.exchanges());
            assertThat(taught.told()).isEqualTo(control.told());
            assertThat(taught.heardWithin()).isGreaterThan(Duration.ofSeconds(10));

            Run patient = play(lab, scenario, Optional.of(taught), 0);

            assertThat(patient.broken()).isEmpty();
            assertThat(play(lab, scenario, Optional.of(control), 5).broken())
                    .as("asked as late as in the control, what was written has been worked on")
                    .isEmpty();
        }
    }

    private static Run play(Lab lab, Scenario scenario, Optional<Control> control, int nameOffset)
            throws InterruptedException {
        Plan plan = Plan.together("alone", scenario.steps().size());
        try (Trial trial = lab.begin(plan, scenario, control, nameOffset, Manner.LISTENING)) {
            trial.playUpTo(plan.steps());
            return trial.run();
        }
    }
}
