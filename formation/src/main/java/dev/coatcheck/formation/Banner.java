package dev.coatcheck.formation;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a person wants to know once everything runs. */
final class Banner {
    private Banner() {}

    /** In one line. */
    static String headline(Application application, String url) {
        return application.name() + (url.isEmpty() ? " runs; nothing of it listens" : " is ready at " + url);
    }

    /**
     * Several lines.
     *
     * @param url where the router listens; empty where there is none
     */
    static String of(
            Application application, String url, List<InstanceStatus> instances, List<AttachedService> services) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (ProcessType type : application.types()) {
            String quantity = Integer.toString(application.quantity(type.name()));
            rows.put(type.name(), type.name().equals(ProcessType.WEB) ? quantity + ports(instances) : quantity);
        }
        services.forEach(service -> rows.put(
                service.kind().label(),
                service.version() + ", " + String.join(", ", service.kind().variables())));
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        String table = rows.entrySet().stream()
                .map(row -> row.getKey() + " ".repeat(width - row.getKey().length() + 2) + row.getValue() + "\n")
                .collect(Collectors.joining());
        return headline(application, url) + "\n\n" + table
                + "\nCtrl-C stops it; 'coatcheck ps' in its folder shows the instances.";
    }

    private static String ports(List<InstanceStatus> instances) {
        String ports = instances.stream()
                .filter(instance -> instance.type().equals(ProcessType.WEB))
                .map(instance -> Integer.toString(instance.tcpPort()))
                .collect(Collectors.joining(", "));
        return ports.isEmpty() ? "" : ", each also on a TCP port of its own: " + ports;
    }
}
