package dev.coatcheck.formation.application;

import dev.coatcheck.host.process.Signal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What counts here in an {@code app.json} of Heroku or Dokku: {@code env}, {@code formation}, {@code addons}, the paths
 * of {@code healthchecks}, and what is our own: {@code "coatcheck": {"build": "npm run build", "stop": {"web": {"signal":
 * "INT", "seconds": 60}}}}. Fields that belong to other tools are passed over.
 *
 * @param variables by their names
 * @param quantities how many of a process type
 * @param services from the addons
 * @param unknownAddons addons for which there is no server here
 * @param readinessPath of {@code healthchecks.web}: the one of type {@code readiness}, else {@code startup}
 * @param livenessPath of {@code healthchecks.web}: the one of type {@code liveness}
 * @param build the command that makes a build of the folder
 * @param stops by process types
 */
record AppJson(
        Map<String, Variable> variables,
        Map<String, Integer> quantities,
        Set<ServiceKind> services,
        Set<String> unknownAddons,
        Optional<String> readinessPath,
        Optional<String> livenessPath,
        Optional<String> build,
        Map<String, StopPolicy> stops) {

    static final AppJson NONE = new AppJson(
            Map.of(), Map.of(), Set.of(), Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    /** Nobody wants to wait longer for a process. */
    private static final int MOST_SECONDS = 3_600;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** One entry of {@code env}. */
    record Variable(Optional<String> value, boolean generated, boolean required, String description) {}

    static AppJson parse(String file, String text, Problems problems) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            problems.addAtLine(
                    file, location == null ? 1 : location.getLineNr(), "is not JSON: " + e.getOriginalMessage());
            return NONE;
        }
        if (!root.isObject()) {
            problems.add(file, "must be a JSON object");
            return NONE;
        }
        return new Reader(file, problems).read(root);
    }

    private record Reader(String file, Problems problems) {
        AppJson read(JsonNode root) {
            Map<String, Variable> variables = new LinkedHashMap<>();
            object(root, "env")
                    .ifPresent(env -> env.forEachEntry((name, node) -> {
                        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                            problem("env", "'" + name + "' is no name for a variable");
                        } else {
                            variables.put(name, variable("env." + name, node));
                        }
                    }));
            Map<String, Integer> quantities = new LinkedHashMap<>();
            object(root, "formation")
                    .ifPresent(formation -> formation.forEachEntry((type, node) ->
                            quantity("formation." + type, node).ifPresent(number -> quantities.put(type, number))));
            Set<ServiceKind> services = new LinkedHashSet<>();
            Set<String> unknown = new LinkedHashSet<>();
            addons(root, services, unknown);
            Optional<JsonNode> ours = object(root, "coatcheck");
            Optional<String> build =
                    ours.flatMap(node -> text("coatcheck", node, "build")).filter(command -> !command.isBlank());
            Map<String, StopPolicy> stops = new LinkedHashMap<>();
            ours.flatMap(node -> object(node, "stop"))
                    .ifPresent(all -> all.forEachEntry(
                            (type, node) -> stops.put(type, stopPolicy("coatcheck.stop." + type, node))));
            Map<String, String> paths = healthPaths(root);
            return new AppJson(
                    variables,
                    quantities,
                    services,
                    unknown,
                    Optional.ofNullable(paths.getOrDefault("readiness", paths.get("startup"))),
                    Optional.ofNullable(paths.get("liveness")),
                    build,
                    stops);
        }

        private StopPolicy stopPolicy(String path, JsonNode node) {
            if (!node.isObject()) {
                problem(path, "must be an object, as in {\"signal\": \"INT\", \"seconds\": 60}");
                return StopPolicy.DEFAULT;
            }
            Signal signal = text(path, node, "signal")
                    .flatMap(name -> signal(path, name))
                    .orElse(StopPolicy.DEFAULT.signal());
            JsonNode seconds = node.get("seconds");
            if (seconds == null) {
                return new StopPolicy(signal, Optional.empty());
            }
            if (!seconds.isInt() || seconds.intValue() < 0 || seconds.intValue() > MOST_SECONDS) {
                problem(path + ".seconds", "must be a whole number from 0 to " + MOST_SECONDS);
                return StopPolicy.DEFAULT;
            }
            return new StopPolicy(signal, Optional.of(Duration.ofSeconds(seconds.intValue())));
        }

        private Optional<Signal> signal(String path, String name) {
            String known = name.startsWith("SIG") ? name.substring(3) : name;
            Optional<Signal> signal = Stream.of(Signal.values())
                    .filter(each -> each.name().equals(known))
                    .findFirst();
            if (signal.isEmpty()) {
                problem(path + ".signal", "'" + name + "' is unknown; TERM, INT and QUIT are usual");
            }
            return signal;
        }

        private Variable variable(String path, JsonNode node) {
            if (node.isString()) {
                return new Variable(checked(path, node.stringValue()), false, true, "");
            }
            if (!node.isObject()) {
                problem(path, "must be a text, or an object with value, required or generator");
                return new Variable(Optional.empty(), false, false, "");
            }
            Optional<String> generator = text(path, node, "generator");
            if (generator.isPresent() && !generator.get().equals("secret")) {
                problem(path + ".generator", "'" + generator.get() + "' is unknown; there is 'secret'");
            }
            JsonNode required = node.get("required");
            if (required != null && !required.isBoolean()) {
                problem(path + ".required", "must be true or false");
            }
            return new Variable(
                    value(path, node),
                    generator.isPresent(),
                    required == null || required.asBoolean(true),
                    text(path, node, "description").orElse(""));
        }

        private Optional<String> value(String path, JsonNode node) {
            return text(path, node, "value").flatMap(value -> checked(path + ".value", value));
        }

        private Optional<String> checked(String path, String value) {
            if (value.indexOf('\0') >= 0) {
                problem(path, "holds a zero character, which no environment can");
                return Optional.empty();
            }
            return Optional.of(value);
        }

        private Optional<Integer> quantity(String path, JsonNode node) {
            JsonNode quantity = node.isObject() ? node.get("quantity") : null;
            if (node.isObject() && quantity == null) {
                return Optional.empty();
            }
            if (quantity == null || !quantity.isInt() || !Quantities.isSane(quantity.intValue())) {
                problem(path + ".quantity", "must be a whole number from 0 to " + Quantities.MOST);
                return Optional.empty();
            }
            return Optional.of(quantity.intValue());
        }

        private void addons(JsonNode root, Set<ServiceKind> services, Set<String> unknown) {
            JsonNode addons = root.get("addons");
            if (addons == null) {
                return;
            }
            if (!addons.isArray()) {
                problem("addons", "must be a list, as in [\"heroku-postgresql\", \"heroku-redis\"]");
                return;
            }
            for (int i = 0; i < addons.size(); i++) {
                JsonNode addon = addons.get(i);
                String path = "addons[" + i + "]";
                Optional<String> plan = addon.isString() ? Optional.of(addon.stringValue()) : text(path, addon, "plan");
                if (plan.isEmpty()) {
                    problem(path, "must be a name, or an object with a plan");
                    continue;
                }
                String name = plan.get().split(":", 2)[0].strip();
                Optional<ServiceKind> kind = ServiceKind.named(name);
                kind.ifPresentOrElse(services::add, () -> unknown.add(name));
                Optional<String> as = text(path, addon, "as");
                if (kind.isPresent()
                        && as.isPresent()
                        && !kind.get().variables().contains(as.get() + "_URL")) {
                    problem(
                            path + ".as",
                            "a " + kind.get().label() + " can only be attached as "
                                    + String.join(", ", kind.get().variables()) + " here; set " + as.get()
                                    + "_URL in the environment instead");
                }
            }
        }

        /** Of a web process, by the type of the check. */
        private Map<String, String> healthPaths(JsonNode root) {
            JsonNode checks = object(root, "healthchecks")
                    .map(all -> all.get(ProcessType.WEB))
                    .orElse(null);
            if (checks == null) {
                return Map.of();
            }
            if (!checks.isArray()) {
                problem("healthchecks.web", "must be a list of checks");
                return Map.of();
            }
            Map<String, String> paths = new LinkedHashMap<>();
            for (int i = 0; i < checks.size(); i++) {
                JsonNode check = checks.get(i);
                String path = "healthchecks.web[" + i + "]";
                Optional<String> type = text(path, check, "type");
                Optional<String> checked = text(path, check, "path");
                if (checked.isPresent() && !RequestPath.isValid(checked.get())) {
                    problem(path + ".path", RequestPath.EXPECTED);
                } else if (checked.isPresent()) {
                    paths.putIfAbsent(type.orElse("startup"), checked.get());
                }
            }
            return paths;
        }

        private Optional<JsonNode> object(JsonNode parent, String name) {
            JsonNode node = parent.get(name);
            if (node != null && !node.isObject()) {
                problem(name, "must be an object");
                return Optional.empty();
            }
            return Optional.ofNullable(node);
        }

        private Optional<String> text(String path, JsonNode parent, String name) {
            @Nullable JsonNode node = parent.get(name);
            if (node == null || node.isNull()) {
                return Optional.empty();
            }
            if (!node.isString()) {
                problem(path + "." + name, "must be a text");
                return Optional.empty();
            }
            return Optional.of(node.stringValue());
        }

        private void problem(String path, String message) {
            problems.add(file, path + " " + message);
        }
    }
}
