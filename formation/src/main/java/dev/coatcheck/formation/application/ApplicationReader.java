package dev.coatcheck.formation.application;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings the files of an application and the options of a command together. */
final class ApplicationReader {
    private static final String PROCFILE = "Procfile";
    private static final String DOT_ENV = ".env";
    private static final String APP_JSON = "app.json";

    /** What every instance is given in any case, whatever a file may require. */
    private static final Set<String> GIVEN = Set.of("PORT", "COATCHECK_INSTANCE");

    /** {@code $NAME}, <code>${NAME}</code> or {@code $(command)}. */
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\{?([A-Za-z_][A-Za-z0-9_]*)|\\()");

    private final Path folder;
    private final ApplicationOptions options;
    private final Purpose purpose;
    private final Problems problems = new Problems();

    /** What the application is read for. */
    enum Purpose {
        START,
        /** The options are those of the start: they may name process types that have gone since. */
        CHANGE,
        /** A required variable that is set nowhere is no problem. */
        DESCRIBE
    }

    ApplicationReader(Path folder, ApplicationOptions options, Purpose purpose) {
        this.folder = folder;
        this.options = options;
        this.purpose = purpose;
    }

    Application read() {
        if (!Files.isDirectory(folder)) {
            problems.add(folder.toString(), Files.exists(folder) ? "is not a folder" : "does not exist");
            problems.throwIfAny();
        }
        Map<String, ProcessType> types = types();
        AppJson appJson = appJson();
        DotEnv file = dotEnv();
        Map<String, String> dotEnv = file.variables();
        Map<String, String> environment = new HashMap<>(dotEnv);
        environment.putAll(options.environment());

        ProcessType release = types.remove(ProcessType.RELEASE);
        Map<String, Integer> quantities = quantities(types, release != null, appJson);
        Set<ServiceKind> wanted = services(appJson);
        Set<ServiceKind> services = new LinkedHashSet<>(wanted);
        services.removeIf(kind -> kind.isAttachedBy(environment));
        Set<String> secrets = addDefaults(environment, appJson, services);
        options.readinessPath()
                .filter(path -> !RequestPath.isValid(path))
                .ifPresent(path -> problems.add("--ready", "'" + path + "' " + RequestPath.EXPECTED));
        appJson.stops().keySet().stream()
                .filter(type -> !types.containsKey(type))
                .forEach(type -> problems.add(APP_JSON + ": coatcheck.stop", unknownType(type, types.keySet())));
        problems.throwIfAny();
        return new Application(
                folder,
                new ArrayList<>(types.values()),
                Optional.ofNullable(release),
                quantities,
                environment,
                services,
                secrets,
                options.readinessPath().or(appJson::readinessPath),
                appJson.livenessPath(),
                variables(appJson, dotEnv, environment, wanted, secrets),
                required(appJson),
                appJson.build(),
                appJson.stops(),
                notes(appJson, file, environment.keySet()),
                options);
    }

    private Map<String, ProcessType> types() {
        Map<String, ProcessType> types = procfile();
        options.web().ifPresent(command -> {
            Procfile.wrongWith(command.strip()).ifPresent(wrong -> problems.add("--web", "the command " + wrong));
            types.put(ProcessType.WEB, new ProcessType(ProcessType.WEB, command));
        });
        return types;
    }

    private Map<String, ProcessType> procfile() {
        Path file = folder.resolve(PROCFILE);
        if (!Files.exists(file) && options.web().isPresent()) {
            return new LinkedHashMap<>();
        }
        if (!Files.exists(file)) {
            problems.add(
                    file.toString(),
                    "does not exist; it holds a line 'name: command' for each process type, as in 'web: node server.js'"
                            + (purpose == Purpose.START ? "; --web takes that one command in its place" : "")
                            + almostProcfile());
            return new LinkedHashMap<>();
        }
        return TextFile.read(file, PROCFILE, problems)
                .map(text -> Procfile.parse(PROCFILE, text, problems))
                .orElseGet(LinkedHashMap::new);
    }

    /** Many applications have one for developers alone, and names in small letters are seen on systems that do not mind. */
    private String almostProcfile() {
        return Stream.of("Procfile.dev", "procfile", "Procfile.txt")
                .filter(name -> Files.exists(folder.resolve(name)))
                .findFirst()
                .map(name -> ". There is a " + name + ", which is not read: copy or rename it if it is meant")
                .orElse("");
    }

    private AppJson appJson() {
        Path file = folder.resolve(APP_JSON);
        return Files.exists(file)
                ? TextFile.read(file, APP_JSON, problems)
                        .map(text -> AppJson.parse(APP_JSON, text, problems))
                        .orElse(AppJson.NONE)
                : AppJson.NONE;
    }

    private DotEnv dotEnv() {
        Path file = options.envFile().orElse(folder.resolve(DOT_ENV));
        String name = options.envFile().map(Path::toString).orElse(DOT_ENV);
        if (!Files.exists(file)) {
            options.envFile().ifPresent(asked -> problems.add("--env-file", asked + " does not exist"));
            return DotEnv.parse(name, "", problems);
        }
        return DotEnv.parse(name, TextFile.read(file, name, problems).orElse(""), problems);
    }

    /** The command line's word, else that of app.json, else one of each. */
    private Map<String, Integer> quantities(Map<String, ProcessType> types, boolean hasRelease, AppJson appJson) {
        Map<String, Integer> quantities = new LinkedHashMap<>();
        types.keySet().forEach(type -> quantities.put(type, 1));
        override(quantities, APP_JSON + ": formation", appJson.quantities());
        options.quantities().ifPresent(text -> {
            Map<String, Integer> wanted = Quantities.parse("--formation", text, problems);
            if (purpose == Purpose.CHANGE) {
                wanted.keySet().retainAll(quantities.keySet());
            }
            override(quantities, "--formation", wanted);
        });
        boolean isRead =
                problems.found().stream().noneMatch(problem -> problem.place().startsWith(PROCFILE));
        if (types.isEmpty() && hasRelease && isRead) {
            problems.add(
                    PROCFILE, "defines nothing that is to go on running: the release runs once, before the others");
        }
        if (!types.isEmpty() && quantities.values().stream().allMatch(quantity -> quantity == 0)) {
            problems.add("--formation", "leaves nothing to run: every process type has 0 instances");
        }
        return quantities;
    }

    private void override(Map<String, Integer> quantities, String place, Map<String, Integer> wanted) {
        wanted.forEach((type, quantity) -> {
            if (type.equals(ProcessType.RELEASE)) {
                problems.add(place, "'release' runs once before the others and has no quantity");
            } else if (quantities.replace(type, quantity) == null) {
                problems.add(place, unknownType(type, quantities.keySet()));
            }
        });
    }

    private String unknownType(String type, Set<String> types) {
        boolean ofProcfile = options.web().isEmpty();
        String known = (ofProcfile ? " (it has " : " (there is ") + String.join(", ", types) + ")";
        return (ofProcfile ? "the Procfile has" : "there is") + " no process type '" + type + "'"
                + NearName.suggestion(type, types)
                + (types.isEmpty() ? "" : known);
    }

    /** Those that are to be there, whether started or attached. */
    private Set<ServiceKind> services(AppJson appJson) {
        Set<ServiceKind> wanted = new LinkedHashSet<>(appJson.services());
        for (String name : options.with()) {
            ServiceKind.named(name.strip())
                    .ifPresentOrElse(
                            wanted::add,
                            () -> problems.add(
                                    "--with",
                                    "there is no '" + name.strip() + "' to start"
                                            + NearName.suggestion(name.strip(), ServiceKind.labels()) + " (there is "
                                            + String.join(", ", ServiceKind.labels())
                                            + "; attach anything else by its URL in the environment)"));
        }
        return wanted;
    }

    /** Adds what app.json says of variables that nothing else sets, and tells which are to be made up. */
    private Set<String> addDefaults(Map<String, String> environment, AppJson appJson, Set<ServiceKind> services) {
        Set<String> provided = new HashSet<>(GIVEN);
        services.forEach(kind -> provided.addAll(kind.variables()));
        Set<String> secrets = new HashSet<>();
        appJson.variables().forEach((name, variable) -> {
            if (provided.contains(name) || !environment.getOrDefault(name, "").isBlank()) {
                return;
            }
            if (variable.generated()) {
                secrets.add(name);
            } else if (variable.value().isPresent()) {
                environment.putIfAbsent(name, variable.value().get());
            } else if (variable.required() && purpose != Purpose.DESCRIBE) {
                String about = variable.description().isBlank() ? "" : " (" + variable.description() + ")";
                problems.add(
                        APP_JSON,
                        "env." + name + " is required" + about + " and set nowhere; set it in the environment or in "
                                + options.envFile().map(Path::toString).orElse(DOT_ENV));
            }
        });
        return secrets;
    }

    private static Map<String, Origin> variables(
            AppJson appJson,
            Map<String, String> dotEnv,
            Map<String, String> environment,
            Set<ServiceKind> services,
            Set<String> secrets) {
        Map<String, Origin> variables = new HashMap<>();
        dotEnv.keySet().forEach(name -> variables.put(name, Origin.OUTSIDE));
        appJson.variables().forEach((name, variable) -> {
            String value = environment.get(name);
            if (secrets.contains(name)) {
                variables.put(name, Origin.GENERATED);
            } else if (value != null && !(value.isBlank() && variable.required())) {
                boolean committed = variable.value().filter(value::equals).isPresent();
                variables.put(name, committed ? Origin.APP_JSON : Origin.OUTSIDE);
            } else if (variable.required()) {
                variables.put(name, Origin.NOWHERE);
            }
        });
        services.forEach(kind -> kind.variables().forEach(name -> variables.put(name, Origin.SERVICE)));
        variables.keySet().removeAll(GIVEN);
        return variables;
    }

    private static Set<String> required(AppJson appJson) {
        return appJson.variables().entrySet().stream()
                .filter(variable -> variable.getValue().required())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private List<String> notes(AppJson appJson, DotEnv dotEnv, Set<String> known) {
        List<String> notes = new ArrayList<>();
        appJson.unknownAddons()
                .forEach(
                        addon -> notes.add(
                                "app.json names the addon '" + addon
                                        + "', which can't be started here; attach one by its variables in the environment if it is needed"));
        String name = options.envFile().map(Path::toString).orElse(DOT_ENV);
        dotEnv.variables().forEach((variable, value) -> {
            Matcher reference = REFERENCE.matcher(value);
            if (!dotEnv.isLiteral(variable)
                    && reference.find()
                    && (reference.group(1) == null || known.contains(reference.group(1)))) {
                notes.add(
                        name + ": " + variable + " has a $ that a shell would replace by something; here it stands for"
                                + " itself, since nothing in this file is expanded");
            }
        });
        return notes;
    }
}
