package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.formation.application.Application;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesExportTest {
    private static final String APP_JSON = """
            {"addons": ["heroku-postgresql"],
             "formation": {"web": {"quantity": 3}, "worker": {"quantity": 2}},
             "env": {"GREETING": "hello", "SESSION_KEY": {"generator": "secret"}, "API": {"description": "needed"}},
             "healthchecks": {"web": [{"type": "readiness", "path": "/ready"}, {"type": "liveness", "path": "/live"}]}}
            """;

    @TempDir
    Path folder;

    @Test
    void each_process_type_is_a_deployment_that_is_replaced_without_a_gap() throws IOException {
        Manifests manifests = export(shop());
        Deployment web = resource(manifests, "deployment-web.yaml", Deployment.class);
        Deployment worker = resource(manifests, "deployment-worker.yaml", Deployment.class);
        assertThat(web.getSpec().getReplicas()).isEqualTo(3);
        assertThat(worker.getSpec().getReplicas()).isEqualTo(2);
        assertThat(web.getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(web.getSpec().getStrategy().getRollingUpdate().getMaxSurge().getIntVal())
                .isEqualTo(1);
        assertThat(web.getSpec().getProgressDeadlineSeconds())
                .as("ten minutes are enough where a start may take one")
                .isNull();
        assertThat(web.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                .isEqualTo(5 + 40);
        assertThat(container(web).getLifecycle().getPreStop().getSleep().getSeconds())
                .isEqualTo(5);
        assertThat(container(worker).getLifecycle()).isNull();
        assertThat(container(worker).getPorts()).isEmpty();
        for (Deployment deployment : List.of(web, worker)) {
            assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                    .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
        }
        assertThat(web.getSpec().getSelector().getMatchLabels())
                .isNotEqualTo(worker.getSpec().getSelector().getMatchLabels());
    }

    @Test
    void the_probes_ask_the_paths_of_the_health_checks_and_the_tcp_port_where_there_is_none() throws IOException {
        Container web = container(resource(export(shop()), "deployment-web.yaml", Deployment.class));
        assertThat(web.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/ready");
        assertThat(web.getStartupProbe().getHttpGet().getPath()).isEqualTo("/ready");
        assertThat(List.of(web.getReadinessProbe(), web.getStartupProbe(), web.getLivenessProbe()))
                .as("as long as the runner waits for an answer")
                .extracting(Probe::getTimeoutSeconds)
                .containsOnly(5);
        assertThat(web.getStartupProbe().getPeriodSeconds()
                        * web.getStartupProbe().getFailureThreshold())
                .isEqualTo(60);
        assertThat(web.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/live");

        Manifests bare = export(TestApplication.in(folder.resolve("bare"), "web: a\n"));
        Container silent = container(resource(bare, "deployment-web.yaml", Deployment.class));
        assertThat(List.of(silent.getReadinessProbe(), silent.getStartupProbe(), silent.getLivenessProbe()))
                .extracting(Probe::getTcpSocket)
                .doesNotContainNull();
        assertThat(bare.warnings()).anyMatch(warning -> warning.contains("--ready"));
    }

    @Test
    void a_type_has_the_time_to_stop_that_app_json_gives_it_and_another_signal_is_warned_about() throws IOException {
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "web: a\nworker: b\n")
                .with("app.json", "{\"coatcheck\": {\"stop\": {\"worker\": {\"signal\": \"INT\", \"seconds\": 90}}}}"));
        assertThat(resource(manifests, "deployment-worker.yaml", Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getTerminationGracePeriodSeconds())
                .isEqualTo(90);
        assertThat(manifests.warnings()).anyMatch(warning -> warning.contains("(worker SIGINT)"));
    }

    @Test
    void only_web_has_a_service_and_that_has_no_affinity() throws IOException {
        Manifests manifests = export(shop());
        Service service = resource(manifests, "service-web.yaml", Service.class);
        Deployment web = resource(manifests, "deployment-web.yaml", Deployment.class);
        assertThat(service.getSpec().getSessionAffinity()).isEqualTo("None");
        assertThat(web.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(container(web).getPorts().getFirst().getName())
                .isEqualTo(
                        service.getSpec().getPorts().getFirst().getTargetPort().getStrVal());
        assertThat(names(manifests)).doesNotContain("service-worker.yaml");
        assertThat(resource(manifests, "disruption-web.yaml", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(service.getSpec().getSelector());
        HorizontalPodAutoscaler autoscaler = resource(manifests, "autoscaler-web.yaml", HorizontalPodAutoscaler.class);
        assertThat(autoscaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(web.getMetadata().getName());
        assertThat(autoscaler.getSpec().getMinReplicas()).isEqualTo(3);
    }

    @Test
    void the_release_is_a_job_that_is_not_applied_with_the_rest() throws IOException {
        Manifests manifests = export(shop());
        Job release = resource(manifests, "job-release.yaml", Job.class);
        assertThat(release.getMetadata().getGenerateName()).isEqualTo("shop-release-");
        assertThat(release.getSpec().getBackoffLimit()).isZero();
        assertThat(release.getSpec().getTemplate().getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat((List<?>)
                        StrictYaml.parse(text(manifests, "kustomization.yaml")).get("resources"))
                .map(String.class::cast)
                .containsExactly(
                        "configmap.yaml",
                        "deployment-web.yaml",
                        "deployment-worker.yaml",
                        "service-web.yaml",
                        "disruption-web.yaml");
    }

    @Test
    void a_process_can_write_nothing_but_temporary_files_and_is_not_root() throws IOException {
        Deployment web = resource(export(shop()), "deployment-web.yaml", Deployment.class);
        assertThat(web.getSpec().getTemplate().getSpec().getSecurityContext().getRunAsNonRoot())
                .isTrue();
        assertThat(container(web).getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(container(web).getSecurityContext().getAllowPrivilegeEscalation())
                .isFalse();
        assertThat(container(web).getVolumeMounts()).extracting("mountPath").containsExactly("/tmp");
    }

    @Test
    void values_that_may_be_secret_are_in_no_file() throws IOException {
        Manifests manifests = export(
                shop().with(
                                ".env",
                                "STRIPE=sk_live_51x\nDATABASE_URL=postgresql://shop:hunter2@db/shop\nGREETING=from .env\nEMPTY=\n"));
        assertThat(manifests.files())
                .extracting(Manifest::text)
                .noneMatch(text -> text.contains("sk_live") || text.contains("hunter2") || text.contains("from .env"));
        assertThat(resource(manifests, "secret.example.yaml", Secret.class).getStringData())
                .containsOnlyKeys("STRIPE", "DATABASE_URL", "SESSION_KEY", "API", "GREETING")
                .containsValue("REPLACE-ME");
        assertThat(resource(manifests, "configmap.yaml", ConfigMap.class).getData())
                .containsExactly(Map.entry("EMPTY", ""));
        assertThat(text(manifests, "secret.example.yaml"))
                .contains("  STRIPE=$STRIPE\n")
                .contains("  SESSION_KEY=$(openssl rand -hex 32)\n")
                .contains("--from-env-file=secret.env");
    }

    @Test
    void what_is_in_the_repository_or_said_to_be_no_secret_is_written_out() throws IOException {
        Application application =
                shop().with(".env", "LOG_LEVEL=info\nOTHER=x\n").read();
        ExportSettings settings = ExportSettings.defaults().withPlain(Set.of("LOG_LEVEL"));
        Manifests manifests = Engine.KUBERNETES.export(application, settings);
        assertThat(resource(manifests, "configmap.yaml", ConfigMap.class).getData())
                .containsOnly(Map.entry("GREETING", "hello"), Map.entry("LOG_LEVEL", "info"));
    }

    @Test
    void a_secret_that_was_committed_is_taken_for_one_all_the_same() throws IOException {
        Manifests manifests = export(TestApplication.in(folder.resolve("shop"), "web: a\n")
                .with(
                        "app.json",
                        "{\"env\": {\"ADMIN_PASSWORD\": \"letmein\", \"QUEUE\": \"amqp://me:letmein@queue/\"}}"));
        assertThat(manifests.files()).extracting(Manifest::text).noneMatch(text -> text.contains("letmein"));
    }

    @Test
    void another_configuration_is_another_pod_template() throws IOException {
        Deployment before = resource(export(shop()), "deployment-web.yaml", Deployment.class);
        Deployment after = resource(
                export(shop().with("app.json", APP_JSON.replace("hello", "goodbye"))),
                "deployment-web.yaml",
                Deployment.class);
        assertThat(after.getSpec().getTemplate()).isNotEqualTo(before.getSpec().getTemplate());
        assertThat(resource(export(shop()), "deployment-web.yaml", Deployment.class)
                        .getSpec()
                        .getTemplate())
                .isEqualTo(before.getSpec().getTemplate());
    }

    @Test
    void hostile_values_arrive_as_they_are() throws IOException {
        Map<String, String> hostile = Map.ofEntries(
                Map.entry("BOOLEAN", "yes"),
                Map.entry("NUMBER", "0x1"),
                Map.entry("OCTAL", "0o17"),
                Map.entry("SEXAGESIMAL", "12:30:45"),
                Map.entry("NOTHING", "~"),
                Map.entry("TEXT", "a: b # c"),
                Map.entry("QUOTES", "'\"\\\"'"),
                Map.entry("LINES", "first\nsecond \r  third\n\n"),
                Map.entry("SPACES", "  x  "),
                Map.entry("UNICODE", "Zürich \uD83D\uDE00 \u2028 \u2029 \u0085 \uFEFF \u00A0"),
                Map.entry("CONTROL", "\u0001\u001B[31m\u007F\t"),
                Map.entry("ANCHOR", "&a *a !b | > % @ `"),
                Map.entry("DOLLARS", "$HOME ${HOME} $(HOME) $$ %h"),
                Map.entry("y", "n"));
        Application application = TestApplication.in(folder.resolve("shop"), "web: a\n")
                .with(".env", dotEnv(hostile))
                .read();
        Manifests manifests =
                Engine.KUBERNETES.export(application, ExportSettings.defaults().withPlain(hostile.keySet()));
        assertThat(resource(manifests, "configmap.yaml", ConfigMap.class).getData())
                .containsExactlyInAnyOrderEntriesOf(hostile);
    }

    @Test
    void hostile_names_become_names_that_kubernetes_takes_and_no_two_the_same() throws IOException {
        String longName = "x".repeat(62);
        Manifests manifests = export(TestApplication.in(
                folder.resolve("Bücherei: 'no'\n# yes"),
                "web: a\nWEB: b\nWeb: c\nmy_worker: d\nmy-worker: e\n_: f\n7: g\n-: h\n%1$sa: i\n%1$sb: j\nRelease: k\n"
                        .formatted(longName)));
        assertThat(manifests.files())
                .filteredOn(file -> !file.name().equals("kustomization.yaml"))
                .allSatisfy(file -> {
                    HasMetadata resource = KubernetesModel.parse(file.text());
                    assertThat(resource.getMetadata().getName())
                            .matches("[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
                            .startsWith("bucherei-no-yes");
                    assertThat(resource.getMetadata().getLabels().values())
                            .allMatch(value -> value.matches("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"));
                });
        assertThat(manifests.files())
                .filteredOn(file -> file.name().startsWith("deployment-"))
                .extracting(
                        file -> KubernetesModel.parse(file.text()).getMetadata().getName())
                .hasSize(11)
                .doesNotHaveDuplicates();
        StrictYaml.parse(text(manifests, "kustomization.yaml"));
    }

    @ParameterizedTest
    @CsvSource({
        "node server.js --at $PORT, exec node server.js --at $PORT",
        "echo $(PORT) $$ && a, echo $$(PORT) $$$ && a",
        "a; b $$$(c) $, a; b $$$$$$(c) $",
        "a; b $((1+2)) ${X}, a; b $$((1+2)) ${X}",
    })
    void a_command_reaches_the_shell_as_it_is(String command, String argument) throws IOException {
        Container web = container(resource(
                export(TestApplication.in(folder.resolve("shop"), "web: " + command + "\n")),
                "deployment-web.yaml",
                Deployment.class));
        assertThat(web.getCommand()).containsExactly("/bin/sh", "-c");
        assertThat(web.getArgs()).containsExactly(argument);
        assertThat(expandedByKubernetes(argument)).isIn(command, "exec " + command);
    }

    @Test
    void a_shell_that_stays_in_front_is_warned_about() throws IOException {
        assertThat(export(TestApplication.in(folder.resolve("shop"), "web: a && b\nworker: c\n"))
                        .warnings())
                .anyMatch(warning -> warning.contains("the command of web keeps a shell in front"));
    }

    @Test
    void every_warning_stands_at_the_head_of_the_kustomization() throws IOException {
        Manifests manifests = export(shop());
        String head = text(manifests, "kustomization.yaml").replaceAll("\n#? ?", " ");
        assertThat(manifests.warnings()).isNotEmpty().allMatch(head::contains);
    }

    @Test
    void the_version_is_the_tag_of_the_image() throws IOException {
        Application application = shop().read();
        Manifests manifests = Engine.KUBERNETES.export(
                application, ExportSettings.defaults().withImage("localhost:5000/team/shop:1.2-rc.3"));
        Deployment web = resource(manifests, "deployment-web.yaml", Deployment.class);
        assertThat(container(web).getImage()).isEqualTo("localhost:5000/team/shop:1.2-rc.3");
        assertThat(web.getMetadata().getLabels()).containsEntry("app.kubernetes.io/version", "1.2-rc.3");
        assertThat(web.getSpec().getSelector().getMatchLabels()).doesNotContainKey("app.kubernetes.io/version");
        assertThatThrownBy(() -> ExportSettings.defaults().withImage("shop:1\nprivileged: true"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_checker_refuses_a_field_that_kubernetes_does_not_have() throws IOException {
        String service = text(export(shop()), "service-web.yaml");
        assertThatThrownBy(() -> KubernetesModel.parse(service.replace("sessionAffinity", "sessionAfinity")))
                .hasMessageContaining("sessionAfinity");
        assertThatThrownBy(() -> KubernetesModel.parse(service.replace("port: 80\n", "port: eighty\n")))
                .hasMessageContaining("eighty");
    }

    /** As kubernetes/third_party/forked/golang/expansion does for variables that exist. */
    private static String expandedByKubernetes(String text) {
        StringBuilder expanded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            boolean operator = text.charAt(i) == '$' && i + 1 < text.length();
            if (operator && text.charAt(i + 1) == '$') {
                i++;
            } else if (operator && text.charAt(i + 1) == '(') {
                throw new AssertionError("Kubernetes would look for a variable in " + text.substring(i));
            }
            expanded.append(text.charAt(i));
        }
        return expanded.toString();
    }

    /** Single quotes hold anything but themselves. */
    private static String dotEnv(Map<String, String> variables) {
        StringBuilder text = new StringBuilder();
        variables.forEach((name, value) -> {
            boolean quoted = value.contains("'");
            text.append(name)
                    .append('=')
                    .append(
                            quoted
                                    ? "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                                    : "'" + value + "'")
                    .append('\n');
        });
        return text.toString();
    }

    private TestApplication shop() throws IOException {
        return TestApplication.in(
                        folder.resolve("shop"), "web: node web.js\nworker: node worker.js\nrelease: ./migrate\n")
                .with("app.json", APP_JSON);
    }

    private static Manifests export(TestApplication application) {
        return Engine.KUBERNETES.export(application.read(), ExportSettings.defaults());
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static <T extends HasMetadata> T resource(Manifests manifests, String file, Class<T> type) {
        return KubernetesModel.parse(text(manifests, file), type);
    }

    private static List<String> names(Manifests manifests) {
        return manifests.files().stream().map(Manifest::name).toList();
    }

    private static String text(Manifests manifests, String file) {
        return manifests.files().stream()
                .filter(it -> it.name().equals(file))
                .findFirst()
                .orElseThrow()
                .text();
    }
}
