package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.factor.Factor;
import dev.coatcheck.prove.factor.Observation;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code report.sarif}, version 2.1.0 of the Static Analysis Results Interchange Format, as code hosts take it in: a rule
 * for each cause and a result for each leak. A result points to the victim's line in the scenario where it is known, else
 * to the file that starts the application, else to its folder: these services refuse results that point nowhere.
 */
final class SarifFace {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Report report;
    private final LeakWords words;

    private SarifFace(Report report) {
        this.report = report;
        this.words = new LeakWords(report);
    }

    static String text(Report report) {
        return IndentedJson.of(new SarifFace(report).log());
    }

    private ObjectNode log() {
        ObjectNode log = NODES.objectNode();
        log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json").put("version", "2.1.0");
        ObjectNode run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "Coatcheck");
        Optional.ofNullable(report.subject().versions().get("coatcheck"))
                .ifPresent(version -> driver.put("version", version));
        ArrayNode rules = driver.putArray("rules");
        for (Cause cause : Cause.values()) {
            rules.add(rule(cause.word(), cause.sentence(), cause.remedy(), cause.anchor(), "error"));
        }
        for (Observation advised : report.advice()) {
            Factor factor = advised.factor();
            rules.add(rule(factorRule(factor), factor.claim(), factor.remedy(), factor.anchor(), "note"));
        }
        failedWithoutAdvice()
                .forEach(check -> rules.add(rule(
                        checkRule(check),
                        "The check " + check.name() + " fails.",
                        check.remedy().orElse(check.why()),
                        "docs/prove.md",
                        "error")));
        run.put("columnKind", "utf16CodeUnits");
        run.putArray("invocations").add(invocation());
        ArrayNode results = run.putArray("results");
        report.leaks().forEach(leak -> results.add(result(leak)));
        report.advice().forEach(observation -> results.add(result(observation)));
        failedWithoutAdvice().forEach(check -> results.add(result(check)));
        return log;
    }

    /** What has failed and is told by no other result. */
    private Stream<CheckResult> failedWithoutAdvice() {
        return report.failedBesideState().stream().filter(check -> !check.name().equals(Check.FACTORS.label()));
    }

    private static String checkRule(CheckResult check) {
        return "check-" + check.name();
    }

    private static String factorRule(Factor factor) {
        return "factor-" + factor.word();
    }

    private static ObjectNode rule(String id, String sentence, String remedy, String anchor, String level) {
        ObjectNode rule = NODES.objectNode();
        rule.put("id", id).put("name", camelCase(id));
        rule.putObject("shortDescription").put("text", sentence);
        rule.putObject("fullDescription").put("text", sentence);
        rule.putObject("help")
                .put("text", remedy + " See " + anchor + ".")
                .put("markdown", remedy + "\n\nSee `" + anchor + "`.");
        rule.putObject("defaultConfiguration").put("level", level);
        ObjectNode properties = rule.putObject("properties");
        properties.putArray("tags").add("reliability").add("stateless");
        properties
                .put("precision", "very-high")
                .put("problem.severity", level.equals("error") ? "error" : "recommendation");
        return rule;
    }

    private ObjectNode invocation() {
        ObjectNode invocation = NODES.objectNode();
        invocation
                .put("executionSuccessful", report.verdict() != Verdict.INCONCLUSIVE)
                .put("exitCode", report.exitStatus())
                .put("startTimeUtc", report.subject().at().toString())
                .put(
                        "endTimeUtc",
                        report.subject().at().plus(report.subject().took()).toString());
        report.reason().ifPresent(words -> {
            ObjectNode notification =
                    invocation.withArray("toolExecutionNotifications").addObject();
            notification.put("level", "error").putObject("message").put("text", words);
        });
        return invocation;
    }

    private ObjectNode result(FoundLeak leak) {
        ObjectNode result = NODES.objectNode();
        result.put("ruleId", leak.cause().word()).put("level", "error");
        result.putObject("message").put("text", words.whole(leak));
        ObjectNode location = result.putArray("locations").addObject();
        location.set("physicalLocation", place(leak.victim()));
        if (!leak.locations().isEmpty()) {
            ArrayNode logical = location.putArray("logicalLocations");
            for (FoundLocation found : leak.locations()) {
                logical.addObject()
                        .put("fullyQualifiedName", found.path())
                        .put("kind", found.kind().word());
            }
        }
        leak.acceptance()
                .ifPresent(acceptance -> result.putArray("suppressions")
                        .addObject()
                        .put("kind", "external")
                        .put("status", "accepted")
                        .put("justification", acceptance.reason() + " (until " + acceptance.until() + ")"));
        result.putObject("partialFingerprints").put("leak/v1", fingerprint(leak));
        return result;
    }

    /** Of advice, which belongs to the application as a whole. */
    private ObjectNode result(Observation observation) {
        String rule = factorRule(observation.factor());
        boolean counts = report.failedBesideState().stream()
                .anyMatch(check -> check.name().equals(Check.FACTORS.label()));
        return ofApplication(rule, counts ? "error" : "note", Summary.advised(observation), "factor/v1");
    }

    private ObjectNode result(CheckResult check) {
        String remedy = check.remedy().map(" "::concat).orElse("");
        return ofApplication(checkRule(check), "error", check.name() + ": " + check.why() + "." + remedy, "check/v1");
    }

    /** A result that belongs to no line of a file. */
    private ObjectNode ofApplication(String rule, String level, String message, String fingerprint) {
        ObjectNode result = NODES.objectNode();
        result.put("ruleId", rule).put("level", level);
        result.putObject("message").put("text", message);
        ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
        place.putObject("artifactLocation").put("uri", uri(application()));
        place.putObject("region").put("startLine", 1);
        result.putObject("partialFingerprints").put(fingerprint, fingerprint(rule));
        return result;
    }

    private ObjectNode place(StepRef step) {
        Optional<ScenarioSummary> scenario = report.scenarios().stream()
                .filter(candidate -> candidate.name().equals(step.scenario()))
                .findFirst();
        Optional<String> file = scenario.flatMap(ScenarioSummary::file);
        OptionalInt line = scenario.filter(found -> step.step() <= found.steps().size())
                .map(found -> found.steps().get(step.step() - 1).line())
                .orElseGet(OptionalInt::empty);
        ObjectNode place = NODES.objectNode();
        place.putObject("artifactLocation").put("uri", uri(file.orElseGet(this::application)));
        place.putObject("region").put("startLine", file.isPresent() ? line.orElse(1) : 1);
        return place;
    }

    private String application() {
        String folder =
                report.subject().folder().equals(".") ? "" : report.subject().folder() + "/";
        return report.subject()
                .definition()
                .map(definition -> folder + definition)
                .orElse(folder.isEmpty() ? "./" : folder);
    }

    /** The path as a relative reference, or an absolute one for an absolute path. */
    private static String uri(String path) {
        String slashes = path.replace('\\', '/');
        try {
            if (slashes.startsWith("/")) {
                return new URI("file", "", slashes, null).toASCIIString();
            }
            String relative =
                    new URI(null, null, "/" + slashes, null).toASCIIString().substring(1);
            // What has a colon before its first slash would be taken for a scheme.
            return relative.matches("[^/]*:.*") ? "./" + relative : relative;
        } catch (URISyntaxException e) {
            return "./";
        }
    }

    /** The same for the same leak in another run, whatever the wording and the ids were, so that it is tracked as one. */
    private static String fingerprint(FoundLeak leak) {
        return fingerprint(String.join(
                "\n",
                List.of(
                        leak.cause().word(),
                        leak.polluter().map(StepRef::toString).orElse(""),
                        leak.victim().toString())));
    }

    private static String fingerprint(String identity) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String camelCase(String id) {
        StringBuilder name = new StringBuilder();
        for (String word : id.split("-", -1)) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }
}
