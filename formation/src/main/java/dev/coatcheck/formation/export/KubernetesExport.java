package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Origin;
import dev.coatcheck.formation.application.ProcessType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One resource a file, and a kustomization that names those that belong together. The release's Job and the Secret are not
 * among these: the one has to end before the others change, the other holds values that nobody commits.
 */
final class KubernetesExport {
    private static final String CONFIG = "configmap.yaml";
    private static final String RELEASE = "job-release.yaml";

    /** What a rollout may take without a pod that becomes ready, where a Deployment says nothing. */
    private static final Duration USUAL_PROGRESS = Duration.ofMinutes(10);

    /** Of that, for finding a node and fetching the image. */
    private static final Duration BEFORE_START = Duration.ofMinutes(9);

    private final Plan plan;
    private final KubernetesLabels labels;
    private final KubernetesPod pod;
    private final List<Manifest> files = new ArrayList<>();

    KubernetesExport(Plan plan) {
        this.plan = plan;
        this.labels = new KubernetesLabels(plan);
        this.pod = new KubernetesPod(plan, labels);
    }

    Manifests manifests() {
        List<String> warnings = KubernetesWarnings.of(plan);
        List<String> applied = new ArrayList<>();
        List<Manifest> resources = new ArrayList<>();
        if (!plan.variables().config().isEmpty()) {
            resources.add(new Manifest(CONFIG, configMap()));
        }
        for (ProcessType type : plan.application().types()) {
            resources.add(new Manifest("deployment-" + plan.typeName(type) + ".yaml", deployment(type)));
        }
        plan.web().ifPresent(web -> {
            resources.add(new Manifest("service-" + plan.typeName(web) + ".yaml", service(web)));
            resources.add(new Manifest("disruption-" + plan.typeName(web) + ".yaml", disruptionBudget(web)));
        });
        resources.forEach(resource -> applied.add(resource.name()));
        files.add(new Manifest("kustomization.yaml", kustomization(applied, warnings)));
        files.addAll(resources);
        plan.web().ifPresent(web -> files.add(new Manifest(autoscalerFile(web), autoscaler(web))));
        plan.application().release().ifPresent(release -> files.add(new Manifest(RELEASE, job(release))));
        if (!plan.variables().secrets().isEmpty()) {
            files.add(new Manifest("secret.example.yaml", secret()));
        }
        return new Manifests(files, warnings);
    }

    private String kustomization(List<String> resources, List<String> warnings) {
        List<String> says = new ArrayList<>(List.of("Everything that is applied together. In this order:"));
        if (!plan.variables().secrets().isEmpty()) {
            says.add("  (once) make the Secret; secret.example.yaml says how");
        }
        if (plan.application().release().isPresent()) {
            says.add("  job=$(kubectl create -f " + RELEASE + " -o name)");
            says.add("  kubectl logs --follow --pod-running-timeout=5m \"$job\"");
            says.add("  kubectl wait --for=condition=complete --timeout=30s \"$job\" || exit 1");
        }
        says.add("  kubectl apply -k .");
        plan.application()
                .types()
                .forEach(type -> says.add("  kubectl rollout status deployment/" + plan.fullName(type)));
        Yaml yaml = new Yaml()
                .head(Head.lines(plan, says, warnings))
                .put("apiVersion", "kustomize.config.k8s.io/v1beta1")
                .put("kind", "Kustomization")
                .lines("resources", resources);
        plan.web()
                .ifPresent(web -> yaml.gap()
                        .comment("Not here: " + autoscalerFile(web) + ". Its own comment says what it needs first."));
        return yaml.document();
    }

    private String configMap() {
        return headed("Variables that are no secrets: their values stand in app.json, or were named with --config."
                        + " After a change by hand: kubectl rollout restart deployment -l app.kubernetes.io/name="
                        + plan.name())
                .put("apiVersion", "v1")
                .put("kind", "ConfigMap")
                .put("metadata", metadata(plan.name(), labels.common()))
                .put("data", plan.variables().config())
                .document();
    }

    private String deployment(ProcessType type) {
        Yaml spec = new Yaml()
                .put("replicas", plan.application().quantity(type.name()))
                .put("selector", new Yaml().put("matchLabels", labels.selector(type)));
        Duration progress = BEFORE_START.plus(plan.settings().formation().startLimit());
        if (Plan.isWeb(type) && progress.compareTo(USUAL_PROGRESS) > 0) {
            spec.comment(
                            "A rollout counts as failed after this long: time to find a node, fetch the image, and become ready.")
                    .put("progressDeadlineSeconds", Math.toIntExact(progress.toSeconds()));
        }
        spec.comment("A new pod is ready before an old one goes.")
                .put(
                        "strategy",
                        new Yaml()
                                .put("type", "RollingUpdate")
                                .put(
                                        "rollingUpdate",
                                        new Yaml().put("maxSurge", 1).put("maxUnavailable", 0)))
                .put("template", pod.longRunning(type));
        return headed("The process type '" + type.name() + "'.")
                .put("apiVersion", "apps/v1")
                .put("kind", "Deployment")
                .put("metadata", metadata(plan.fullName(type), labels.of(type)))
                .put("spec", spec)
                .document();
    }

    private String service(ProcessType web) {
        return headed(
                        "Hands connections to any ready pod. For HTTPS put an Ingress or a Gateway in front, and leave its"
                                + " session affinity off.")
                .put("apiVersion", "v1")
                .put("kind", "Service")
                .put("metadata", metadata(plan.fullName(web), labels.of(web)))
                .put(
                        "spec",
                        new Yaml()
                                .put("type", "ClusterIP")
                                .comment("Any pod answers any request.")
                                .put("sessionAffinity", "None")
                                .put("selector", labels.selector(web))
                                .put(
                                        "ports",
                                        List.of(new Yaml()
                                                .put("name", "http")
                                                .put("port", 80)
                                                .put("targetPort", "http"))))
                .document();
    }

    private String disruptionBudget(ProcessType web) {
        return headed("When nodes are drained, pods go one at a time.")
                .put("apiVersion", "policy/v1")
                .put("kind", "PodDisruptionBudget")
                .put("metadata", metadata(plan.fullName(web), labels.of(web)))
                .put(
                        "spec",
                        new Yaml()
                                .put("maxUnavailable", 1)
                                .put("selector", new Yaml().put("matchLabels", labels.selector(web))))
                .document();
    }

    private String autoscaler(ProcessType web) {
        int least = Math.max(1, plan.application().quantity(web.name()));
        return headed(
                        "Not part of the kustomization: it needs requests for CPU in the Deployment, which only a measurement"
                                + " can tell, and each 'kubectl apply' would set the replicas back as long as the Deployment"
                                + " has them.")
                .put("apiVersion", "autoscaling/v2")
                .put("kind", "HorizontalPodAutoscaler")
                .put("metadata", metadata(plan.fullName(web), labels.of(web)))
                .put(
                        "spec",
                        new Yaml()
                                .put(
                                        "scaleTargetRef",
                                        new Yaml()
                                                .put("apiVersion", "apps/v1")
                                                .put("kind", "Deployment")
                                                .put("name", plan.fullName(web)))
                                .put("minReplicas", least)
                                .comment("As many as the backing services have connections for.")
                                .put("maxReplicas", 3 * least)
                                .put(
                                        "metrics",
                                        List.of(new Yaml()
                                                .put("type", "Resource")
                                                .put(
                                                        "resource",
                                                        new Yaml()
                                                                .put("name", "cpu")
                                                                .put(
                                                                        "target",
                                                                        new Yaml()
                                                                                .put("type", "Utilization")
                                                                                .put("averageUtilization", 70))))))
                .document();
    }

    private String job(ProcessType release) {
        return headed(
                        "The release: made anew for each rollout, and has to complete before it. kustomization.yaml says how."
                                + " (With Argo CD: the annotation argocd.argoproj.io/hook: PreSync; with Helm: helm.sh/hook:"
                                + " pre-install,pre-upgrade.)")
                .put("apiVersion", "batch/v1")
                .put("kind", "Job")
                .put(
                        "metadata",
                        new Yaml()
                                .put("generateName", plan.fullName(release) + "-")
                                .put("labels", labels.of(release)))
                .put(
                        "spec",
                        new Yaml()
                                .comment("It runs once; what failed is looked at by a person.")
                                .put("backoffLimit", 0)
                                .put("activeDeadlineSeconds", 600)
                                .put("ttlSecondsAfterFinished", 86_400)
                                .put("template", pod.oneOff(release)))
                .document();
    }

    private String secret() {
        SortedMap<String, String> placeholders = new TreeMap<>();
        plan.variables().secrets().keySet().forEach(name -> placeholders.put(name, "REPLACE-ME"));
        List<String> says = new ArrayList<>(List.of(
                "An example with placeholders, and not part of the kustomization: values that may be secret are never"
                        + " written by the export. Write them into a file that only you can read, a line each, and make the"
                        + " Secret of it, or let an operator (External Secrets, Sealed Secrets) do it. A command line with the"
                        + " values in it could be read by everybody on the machine:",
                "  (umask 077; cat > secret.env) <<END"));
        Map<String, Origin> secrets = plan.variables().secrets();
        secrets.forEach((name, origin) ->
                says.add("  " + name + "=" + (origin == Origin.GENERATED ? "$(openssl rand -hex 32)" : "$" + name)));
        says.add("  END");
        says.add("  kubectl create secret generic " + plan.name()
                + " --from-env-file=secret.env --dry-run=client -o yaml | kubectl apply -f -");
        says.add("A secret that is generated must stay the same at the next time. After a change:");
        says.add("  kubectl rollout restart deployment -l app.kubernetes.io/name=" + plan.name());
        return new Yaml()
                .head(Head.lines(plan, says, List.of()))
                .put("apiVersion", "v1")
                .put("kind", "Secret")
                .put("metadata", metadata(plan.name(), labels.common()))
                .put("type", "Opaque")
                .put("stringData", placeholders)
                .document();
    }

    private String autoscalerFile(ProcessType web) {
        return "autoscaler-" + plan.typeName(web) + ".yaml";
    }

    private Yaml headed(String says) {
        return new Yaml().head(Head.lines(plan, List.of(says), List.of()));
    }

    private static Yaml metadata(String name, Map<String, String> labels) {
        return new Yaml().put("name", name).put("labels", labels);
    }
}
