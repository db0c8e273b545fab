package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.process.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What Kubernetes does not do, or does otherwise, than the runner. */
final class KubernetesWarnings {
    private KubernetesWarnings() {}

    static List<String> of(Plan plan) {
        List<String> warnings = new ArrayList<>(ContainerWarnings.of(plan));
        if (plan.web().isPresent()) {
            if (plan.application().readinessPath().isEmpty()) {
                warnings.add(
                        "no path tells when an instance is ready, so a pod counts as ready when its TCP port accepts a"
                                + " connection; name one with --ready or in app.json.");
            }
            warnings.add(
                    "requests are not held while no pod is ready: the Service refuses the connection, and an Ingress"
                            + " answers 503.");
            warnings.add(
                    "a request that a dying pod did not answer is not tried again on another one by the Service; only an"
                            + " Ingress, a Gateway or a service mesh does that, by rules of its own.");
            warnings.add(
                    "the Service picks a pod for each connection, at random, and not for each request the one with the"
                            + " fewest: a proxy that keeps its connections keeps its pods. Let the Ingress or Gateway balance.");
            warnings.add(
                    "a pod gets SIGTERM while requests are in flight, and no router waits for them: the process has to"
                            + " finish them itself after SIGTERM, and to close its WebSockets.");
        }
        List<String> otherwise = plan.application().types().stream()
                .filter(type -> plan.stopSignal(type) != Signal.TERM)
                .map(type -> type.name() + " SIG" + plan.stopSignal(type))
                .toList();
        if (!otherwise.isEmpty()) {
            warnings.add(
                    "the signal that asks a process to stop is the image's, and SIGTERM by default; app.json wants another"
                            + " (" + String.join(", ", otherwise) + "): say so with STOPSIGNAL in the image.");
        }
        if (plan.application().release().isPresent()) {
            warnings.add("'kubectl apply' does not run the release: create its Job first, and go on only when it has"
                    + " completed.");
        }
        if (!plan.application().services().isEmpty()) {
            warnings.add("backing services are not part of it ("
                    + plan.application().services().stream()
                            .map(ServiceKind::label)
                            .collect(Collectors.joining(", "))
                    + "): attach managed ones by their URLs in the Secret.");
        }
        return warnings;
    }
}
