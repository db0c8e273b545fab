package dev.coatcheck.prove.load;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.OpenSockets;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Learns what is answered without a load. */
final class Controls {
    static final PlaySettings SETTINGS = PlaySettings.of(LabSettings.ORIGIN);

    private Controls() {}

    /** From one process of an application, as is enough for those that answer everybody alike. */
    static Control of(Lab lab, Scenario scenario) throws InterruptedException {
        Plan plan = Plan.together("control", scenario.steps().size());
        try (Trial trial = lab.begin(plan, scenario, Optional.empty(), 0)) {
            return of(trial.instance(plan.seat(1)).target().orElseThrow(), scenario);
        }
    }

    static Control of(Target target, Scenario scenario) throws InterruptedException {
        List<List<Exchange>> runs = new ArrayList<>();
        while (runs.size() < Control.LEAST_RUNS) {
            try (OpenSockets sockets = new OpenSockets()) {
                Conversation conversation = Conversation.start(SETTINGS, sockets);
                List<Exchange> exchanges = new ArrayList<>();
                for (Step step : scenario.steps()) {
                    exchanges.add(conversation.play(step, target));
                }
                runs.add(exchanges);
            }
        }
        return Control.learn(runs);
    }
}
