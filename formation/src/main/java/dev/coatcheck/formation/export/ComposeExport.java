package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Origin;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.process.Signal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Compose file with a service for each process type, the release, the backing services and HAProxy, which finds the
 * replicas by Docker's DNS. Every value that may be secret is taken from {@code .env} beside it.
 */
final class ComposeExport {
    private static final int TCP_PORT = 8080;

    /** How many replicas HAProxy has room for, whatever the formation is now. */
    private static final int LEAST_SLOTS = 32;

    private static final String CONDITION = "condition";

    private final Plan plan;
    private final String router;
    private final Map<ServiceKind, ComposeService> services = new EnumMap<>(ServiceKind.class);

    ComposeExport(Plan plan) {
        this.plan = plan;
        Names names = new Names(63);
        plan.typeNames().values().forEach(names::claim);
        names.claim(ProcessType.RELEASE);
        this.router = names.claim("router");
        plan.application()
                .services()
                .forEach(kind -> ComposeService.of(kind, names.claim(kind.label()))
                        .ifPresent(service -> services.put(kind, service)));
    }

    Manifests manifests() {
        List<String> warnings = warnings();
        List<Manifest> files = new ArrayList<>();
        files.add(new Manifest("compose.yaml", compose(warnings)));
        plan.web().ifPresent(web -> files.add(new Manifest("haproxy.cfg", haproxy(web))));
        SortedMap<String, Origin> wanted = wanted();
        if (!wanted.isEmpty()) {
            files.add(new Manifest(".env.example", example(wanted)));
        }
        return new Manifests(files, warnings);
    }

    private String compose(List<String> warnings) {
        List<String> says = new ArrayList<>(List.of("All of it on one machine:"));
        if (!wanted().isEmpty()) {
            says.add("  cp .env.example .env    # and fill it in");
        }
        says.add("  docker compose up --detach");
        Yaml all = new Yaml();
        plan.web().ifPresent(web -> all.put(router, router(web)));
        plan.application().types().forEach(type -> all.gap().put(plan.typeName(type), longRunning(type)));
        plan.application().release().ifPresent(release -> all.gap().put(ProcessType.RELEASE, oneOff(release)));
        services.values().forEach(service -> all.gap().put(service.name(), service.container()));
        Yaml file = new Yaml()
                .head(Head.lines(plan, says, warnings))
                .put("name", plan.name())
                .gap()
                .put("services", all);
        Yaml volumes = new Yaml();
        services.values().forEach(service -> service.volume().ifPresent(volume -> volumes.put(volume, new Yaml())));
        if (!volumes.isEmpty()) {
            file.gap().put("volumes", volumes);
        }
        return file.document();
    }

    private Yaml router(ProcessType web) {
        return new Yaml()
                .put("image", "haproxy:3.2-alpine")
                .comment("Without the address everybody who reaches this machine reaches it.")
                .lines(
                        "ports",
                        List.of("127.0.0.1:"
                                + plan.settings().formation().router().port() + ":" + TCP_PORT))
                .lines("volumes", List.of("./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro"))
                .comment("Started, not healthy: it checks each instance itself.")
                .put("depends_on", new Yaml().put(plan.typeName(web), new Yaml().put(CONDITION, "service_started")))
                .put("restart", "unless-stopped");
    }

    private Yaml longRunning(ProcessType type) {
        Yaml service = process(type)
                .put("deploy", new Yaml().put("replicas", plan.application().quantity(type.name())));
        if (Plan.isWeb(type)) {
            addHealthCheck(service);
        }
        addDependencies(service, true);
        if (plan.stopSignal(type) != Signal.TERM) {
            service.put("stop_signal", "SIG" + plan.stopSignal(type));
        }
        return service.put("stop_grace_period", plan.stopLimit(type).toSeconds() + "s")
                .put("restart", "unless-stopped");
    }

    private Yaml oneOff(ProcessType release) {
        Yaml service = process(release);
        addDependencies(service, false);
        return service.put("restart", "no");
    }

    private Yaml process(ProcessType type) {
        boolean once = type.name().equals(ProcessType.RELEASE);
        return new Yaml()
                .put("image", plan.image())
                .items("entrypoint", "/bin/sh", "-c")
                .lines(
                        "command",
                        List.of(uninterpolated(
                                "export COATCHECK_INSTANCE=" + type.name() + ".$HOSTNAME; " + Plan.shellCommand(type))))
                .put("environment", environment(once))
                .comment("Passes signals on, and ends what a process leaves behind.")
                .put("init", true)
                .comment("Nothing is written but to /tmp, which is empty at every start.")
                .put("read_only", true)
                .items("tmpfs", "/tmp")
                .items("cap_drop", "ALL")
                .items("security_opt", "no-new-privileges:true");
    }

    private SortedMap<String, String> environment(boolean once) {
        SortedMap<String, String> environment = new TreeMap<>();
        plan.variables().config().forEach((name, value) -> environment.put(name, uninterpolated(value)));
        plan.variables().secrets().keySet().forEach(name -> environment.put(name, ComposeService.fromDotEnv(name)));
        services.values().forEach(service -> environment.putAll(service.variables()));
        if (!once) {
            environment.put("PORT", Integer.toString(TCP_PORT));
        }
        return environment;
    }

    private void addHealthCheck(Yaml service) {
        String url = "http://127.0.0.1:" + TCP_PORT
                + plan.application().readinessPath().orElse("/");
        service.comment("Shown by 'docker compose ps'; HAProxy has checks of its own. The image needs curl or wget.")
                .put(
                        "healthcheck",
                        new Yaml()
                                .items(
                                        "test",
                                        "CMD-SHELL",
                                        uninterpolated("curl -fsS -o /dev/null '" + shellQuoted(url)
                                                + "' || wget -q -O /dev/null '" + shellQuoted(url) + "'"))
                                .put("interval", "5s")
                                .put("timeout", "5s")
                                .put(
                                        "start_period",
                                        plan.settings().formation().startLimit().toSeconds() + "s"));
    }

    private void addDependencies(Yaml service, boolean onRelease) {
        Yaml dependencies = new Yaml();
        if (onRelease && plan.application().release().isPresent()) {
            dependencies.put(ProcessType.RELEASE, new Yaml().put(CONDITION, "service_completed_successfully"));
        }
        services.values()
                .forEach(backing -> dependencies.put(backing.name(), new Yaml().put(CONDITION, "service_healthy")));
        if (!dependencies.isEmpty()) {
            service.put("depends_on", dependencies);
        }
    }

    /** The variables of {@code .env}, and what to put there. */
    private SortedMap<String, Origin> wanted() {
        SortedMap<String, Origin> wanted = new TreeMap<>(plan.variables().secrets());
        services.values().forEach(service -> {
            wanted.keySet().removeAll(service.variables().keySet());
            service.password().ifPresent(name -> wanted.put(name, Origin.GENERATED));
        });
        return wanted;
    }

    private String example(SortedMap<String, Origin> wanted) {
        StringBuilder text = new StringBuilder(Head.text(
                plan,
                List.of(
                        "Placeholders: values that may be secret are never written by the export. Fill in a copy that is"
                                + " called .env; compose.yaml refuses to start without these."),
                List.of()));
        wanted.forEach((name, origin) -> text.append(origin == Origin.GENERATED ? "# openssl rand -hex 32\n" : "")
                .append(name)
                .append("=\n"));
        return text.toString();
    }

    private String haproxy(ProcessType web) {
        int slots = Math.max(LEAST_SLOTS, 2 * plan.application().quantity(web.name()));
        String name = plan.typeName(web);
        return new HaproxyConfiguration(
                        plan,
                        TCP_PORT,
                        List.of("log stdout format raw local0", "maxconn 4096"),
                        """

                        # Docker's own, which tells the addresses of all replicas.
                        resolvers docker
                            nameserver dns 127.0.0.11:53
                            accepted_payload_size 8192
                            hold valid 1s
                            hold obsolete 2s
                        """,
                        List.of("server-template " + name + ". " + slots + " " + name + ":" + TCP_PORT
                                + " resolvers docker resolve-prefer ipv4 init-addr none"))
                .text(List.of("The router of compose.yaml; it has room for " + slots + " replicas."), List.of());
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>(ContainerWarnings.of(plan));
        if (plan.web().isPresent()) {
            warnings.add("requests are not held while no instance is ready: HAProxy answers 503 at once.");
            warnings.add(
                    "'docker compose up' replaces containers by stopping the old ones first, so each deploy has a gap;"
                            + " Compose has no replacement that waits for readiness.");
            warnings.add(
                    "an instance that fails its health check gets no requests, but Compose does not start it anew: only"
                            + " one that exits.");
            warnings.add(
                    "a request without an answer is sent again by HAProxy only when all of it, body included, fits into"
                            + " one of its buffers (16 KiB).");
        }
        if (plan.application().release().isPresent()) {
            warnings.add(
                    "the release runs again at each 'docker compose up', before the others start, unless --no-deps leaves"
                            + " it out: it has to be harmless to repeat.");
        }
        if (plan.application().services().contains(ServiceKind.S3)) {
            warnings.add("an S3-speaking store is not part of it: attach one by its variables in .env.");
        }
        warnings.add("Compose runs on one machine, and so does every backing service in it: back its volumes up.");
        return warnings;
    }

    /** Compose takes a dollar sign for the beginning of a variable, and two for one of them. */
    static String uninterpolated(String text) {
        return text.replace("$", "$$");
    }

    private static String shellQuoted(String text) {
        return text.replace("'", "'\\''");
    }
}
