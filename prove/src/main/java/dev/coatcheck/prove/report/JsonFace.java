package dev.coatcheck.prove.report;

import dev.coatcheck.prove.factor.Observation;
import dev.coatcheck.prove.report.RunRecord.Kill;
import dev.coatcheck.prove.report.RunRecord.Start;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import dev.coatcheck.prove.report.ScenarioSummary.StepSummary;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code report.json}: a contract that other programs read. Fields may be added; none is renamed, moved or given another
 * meaning without another {@code format}. Durations are in milliseconds.
 */
final class JsonFace {
    private static final int FORMAT = 1;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonFace() {}

    static String text(Report report) {
        return IndentedJson.of(node(report));
    }

    private static ObjectNode node(Report report) {
        ObjectNode root = NODES.objectNode();
        root.put("format", FORMAT).put("verdict", report.verdict().word());
        report.reason().ifPresent(reason -> root.put("reason", reason));
        ArrayNode scenarios = root.putArray("scenarios");
        report.scenarios().forEach(scenario -> scenarios.add(scenario(scenario)));
        ArrayNode checks = root.putArray("checks");
        for (CheckResult check : report.checks()) {
            checks.addObject()
                    .put("name", check.name())
                    .put("outcome", check.outcome().word())
                    .put("why", check.why());
        }
        root.putObject("coverage")
                .put("pairs", report.coverage().pairs())
                .put("separated", report.coverage().separated())
                .put("kills", report.coverage().kills());
        ArrayNode leaks = root.putArray("leaks");
        LeakWords words = new LeakWords(report);
        report.leaks().forEach(leak -> leaks.add(leak(leak, words)));
        if (!report.factors().isEmpty()) {
            ArrayNode factors = root.putArray("factors");
            report.factors().forEach(observation -> factors.add(factor(observation)));
        }
        report.noise().forEach(root.putArray("noise")::add);
        report.notes().forEach(root.putArray("notes")::add);
        root.set("subject", subject(report.subject()));
        ObjectNode timeSpent = root.putObject("timeSpent");
        report.timeSpent().forEach((phase, time) -> timeSpent.put(phase, time.toMillis()));
        ArrayNode runs = root.putArray("runs");
        report.runs().forEach(run -> runs.add(run(run)));
        return root;
    }

    private static ObjectNode scenario(ScenarioSummary scenario) {
        ObjectNode node = NODES.objectNode();
        node.put("name", scenario.name()).put("steps", scenario.steps().size());
        scenario.file().ifPresent(file -> node.put("file", file));
        ArrayNode requests = node.putArray("requests");
        scenario.steps().stream().map(StepSummary::request).forEach(requests::add);
        return node;
    }

    private static ObjectNode leak(FoundLeak leak, LeakWords words) {
        ObjectNode node = NODES.objectNode();
        node.put("check", leak.check()).put("cause", leak.cause().word());
        if (leak.polluter().isPresent()) {
            node.set("polluter", step(leak.polluter().get()));
        } else {
            node.putNull("polluter");
        }
        node.set("victim", step(leak.victim()));
        node.put("difference", leak.difference());
        ArrayNode locations = node.putArray("locations");
        for (FoundLocation location : leak.locations()) {
            locations
                    .addObject()
                    .put("kind", location.kind().word())
                    .put("instance", location.instance())
                    .put("path", location.path());
        }
        node.put("advice", leak.advice()).put("reproduce", leak.reproduce());
        node.put("message", words.happened(leak))
                .put("documentation", leak.cause().anchor());
        leak.scope().ifPresent(scope -> node.put("scope", scope));
        leak.acceptance()
                .ifPresent(acceptance -> node.putObject("accepted")
                        .put("reason", acceptance.reason())
                        .put("until", acceptance.until().toString()));
        leak.evidence().forEach(node.putArray("evidence")::add);
        return node;
    }

    private static ObjectNode factor(Observation observation) {
        ObjectNode node = NODES.objectNode();
        node.put("name", observation.factor().word())
                .put("outcome", observation.standing().word())
                .put("seen", observation.seen());
        if (observation.isNotKept()) {
            node.put("advice", observation.factor().remedy());
        }
        return node.put("documentation", observation.factor().anchor());
    }

    private static ObjectNode step(StepRef step) {
        return NODES.objectNode()
                .put("scenario", step.scenario())
                .put("step", step.step())
                .put("request", step.request());
    }

    private static ObjectNode subject(Subject subject) {
        ObjectNode node = NODES.objectNode();
        node.put("application", subject.application()).put("folder", subject.folder());
        subject.definition().ifPresent(definition -> node.put("definition", definition));
        node.put("command", subject.command())
                .put("instances", subject.instances())
                .put("at", subject.at().toString())
                .put("took", subject.took().toMillis());
        ObjectNode versions = node.putObject("versions");
        subject.versions().forEach(versions::put);
        return node;
    }

    private static ObjectNode run(RunRecord run) {
        ObjectNode node = NODES.objectNode();
        node.put("purpose", run.purpose())
                .put("check", run.check())
                .put("weight", run.weight().name().toLowerCase(Locale.ROOT));
        ArrayNode steps = node.putArray("steps");
        for (StepRun step : run.steps()) {
            ObjectNode one = step(step.step())
                    .put("instance", step.instance())
                    .put("pid", step.processId())
                    .put("at", step.at().toMillis())
                    .put("took", step.took().toMillis())
                    .put("outcome", step.outcome())
                    .put("differed", step.differed())
                    .put("repeated", step.repeated());
            step.difference().ifPresent(difference -> one.put("difference", difference));
            step.expected().ifPresent(expected -> one.put("expected", expected));
            steps.add(one);
        }
        ArrayNode starts = node.putArray("starts");
        for (Start start : run.starts()) {
            event(starts, start.instance(), start.processId(), start.at())
                    .put("readyAfter", start.readyAfter().toMillis());
        }
        ArrayNode kills = node.putArray("kills");
        for (Kill kill : run.kills()) {
            event(kills, kill.instance(), kill.processId(), kill.at());
        }
        return node;
    }

    private static ObjectNode event(ArrayNode events, String instance, long processId, Duration at) {
        return events.addObject()
                .put("instance", instance)
                .put("pid", processId)
                .put("at", at.toMillis());
    }
}
