package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.ProcessType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The pod templates. */
final class KubernetesPod {
    /** While it passes, every node learns that the pod gets no new connections. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private static final int TCP_PORT = 8080;
    private static final int STARTUP_PERIOD = 2;

    /** The runner's own; Kubernetes has one second by default, in which many a first page is not made. */
    private static final int ANSWER_LIMIT = 5;

    private final Plan plan;
    private final KubernetesLabels labels;

    KubernetesPod(Plan plan, KubernetesLabels labels) {
        this.plan = plan;
        this.labels = labels;
    }

    /** Of a process type that keeps running. */
    Yaml longRunning(ProcessType type) {
        boolean web = Plan.isWeb(type);
        Duration grace = plan.stopLimit(type).plus(web ? LEAVING : Duration.ZERO);
        Yaml container = container(type);
        container.put("env", List.of(variable("PORT", Integer.toString(TCP_PORT)), instanceName()));
        addEnvironment(container);
        if (web) {
            container.put("ports", List.of(new Yaml().put("name", "http").put("containerPort", TCP_PORT)));
            addProbes(container);
            container.comment(
                    "SIGTERM comes while other nodes still send requests here, unless it waits until they know.",
                    "A process that cannot finish requests after SIGTERM needs as long as its longest request takes.",
                    "Kubernetes before 1.30: exec: {command: [sleep, \"5\"]}");
            container.put(
                    "lifecycle",
                    new Yaml()
                            .put(
                                    "preStop",
                                    new Yaml()
                                            .put(
                                                    "sleep",
                                                    new Yaml().put("seconds", Math.toIntExact(LEAVING.toSeconds())))));
        }
        Yaml spec = new Yaml()
                .comment("From here to SIGKILL: the wait before SIGTERM, and what the process has to end in order.")
                .put("terminationGracePeriodSeconds", Math.toIntExact(grace.toSeconds()));
        addPod(spec, container);
        return new Yaml()
                .put(
                        "metadata",
                        new Yaml()
                                .put("labels", labels.of(type))
                                .comment("Another configuration is another release, and rolls.")
                                .put(
                                        "annotations",
                                        Map.of(
                                                "coatcheck.dev/config",
                                                plan.variables().digest().substring(0, 16))))
                .put("spec", spec);
    }

    /** Of one that runs to its end. */
    Yaml oneOff(ProcessType type) {
        Yaml container = container(type);
        container.put("env", List.of(instanceName()));
        addEnvironment(container);
        Yaml spec = new Yaml().put("restartPolicy", "Never");
        addPod(spec, container);
        return new Yaml()
                .put("metadata", new Yaml().put("labels", labels.of(type)))
                .put("spec", spec);
    }

    private Yaml container(ProcessType type) {
        return new Yaml()
                .put("name", plan.typeName(type))
                .put("image", plan.image())
                .items("command", "/bin/sh", "-c")
                .lines("args", List.of(unexpanded(Plan.shellCommand(type))));
    }

    private void addEnvironment(Yaml container) {
        List<Yaml> sources = new ArrayList<>();
        if (!plan.variables().config().isEmpty()) {
            sources.add(new Yaml().put("configMapRef", new Yaml().put("name", plan.name())));
        }
        if (!plan.variables().secrets().isEmpty()) {
            sources.add(new Yaml().put("secretRef", new Yaml().put("name", plan.name())));
        }
        if (!sources.isEmpty()) {
            container.put("envFrom", sources);
        }
    }

    private void addProbes(Yaml container) {
        int failures = Math.ceilDiv(
                Math.toIntExact(plan.settings().formation().startLimit().toSeconds()), STARTUP_PERIOD);
        container
                .comment("How long it may take to become ready for the first time: periodSeconds × failureThreshold.")
                .put(
                        "startupProbe",
                        readiness()
                                .put("periodSeconds", STARTUP_PERIOD)
                                .put("timeoutSeconds", ANSWER_LIMIT)
                                .put("failureThreshold", failures))
                .comment("While it fails the pod gets no requests, and nothing else happens to it.")
                .put("readinessProbe", readiness().put("periodSeconds", 5).put("timeoutSeconds", ANSWER_LIMIT))
                .comment(
                        "When it fails the process is killed: never a path that asks backing services, or one of these that",
                        "blinks takes every pod down.")
                .put(
                        "livenessProbe",
                        plan.application()
                                .livenessPath()
                                .map(KubernetesPod::httpGet)
                                .orElseGet(KubernetesPod::tcpSocket)
                                .put("periodSeconds", 10)
                                .put("timeoutSeconds", ANSWER_LIMIT)
                                .put("failureThreshold", 6));
    }

    private Yaml readiness() {
        return plan.application().readinessPath().map(KubernetesPod::httpGet).orElseGet(KubernetesPod::tcpSocket);
    }

    private static Yaml httpGet(String path) {
        return new Yaml().put("httpGet", new Yaml().put("path", path).put("port", "http"));
    }

    private static Yaml tcpSocket() {
        return new Yaml().put("tcpSocket", new Yaml().put("port", "http"));
    }

    private static void addPod(Yaml spec, Yaml container) {
        container
                .comment(
                        "Measure, then set; without a limit of memory a leak takes the node down.",
                        "resources:",
                        "  requests: {cpu: 250m, memory: 256Mi}",
                        "  limits: {memory: 512Mi}")
                .put(
                        "securityContext",
                        new Yaml()
                                .put("allowPrivilegeEscalation", false)
                                .comment("Nothing is written but to /tmp, which is empty at every start.")
                                .put("readOnlyRootFilesystem", true)
                                .put("capabilities", new Yaml().items("drop", "ALL")))
                .put("volumeMounts", List.of(new Yaml().put("name", "tmp").put("mountPath", "/tmp")));
        spec.comment("The process needs nothing of the cluster, nor variables for each Service in it.")
                .put("automountServiceAccountToken", false)
                .put("enableServiceLinks", false)
                .put(
                        "securityContext",
                        new Yaml()
                                .put("runAsNonRoot", true)
                                .comment("The image's own user where it has one by number.")
                                .put("runAsUser", 1000)
                                .put("runAsGroup", 1000)
                                .put("seccompProfile", new Yaml().put("type", "RuntimeDefault")))
                .put("containers", List.of(container))
                .put("volumes", List.of(new Yaml().put("name", "tmp").put("emptyDir", new Yaml())));
    }

    private static Yaml variable(String name, String value) {
        return new Yaml().put("name", name).put("value", value);
    }

    private static Yaml instanceName() {
        return new Yaml()
                .put("name", "COATCHECK_INSTANCE")
                .put("valueFrom", new Yaml().put("fieldRef", new Yaml().put("fieldPath", "metadata.name")));
    }

    /** Kubernetes takes {@code $(NAME)} for a variable and {@code $$} for a dollar sign; the shell has its own ideas. */
    static String unexpanded(String command) {
        return command.replaceAll("\\$(?=[$(])", "\\$\\$");
    }
}
