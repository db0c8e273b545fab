package dev.coatcheck.formation;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a person wants to know once everything runs. */
final class Banner {
    private Banner() {}

    static String of(
            Application application, String url, List<InstanceStatus> instances, List<AttachedService> services) {
        List<String> lines = new ArrayList<>();
        lines.add(application.name() + (url.isEmpty() ? " runs; nothing of it listens" : " is ready at " + url));
        lines.add("");
        int width = application.types().stream()
                .mapToInt(type -> type.name().length())
                .max()
                .orElse(0);
        application.types().forEach(type -> {
            String ports = instances.stream()
                    .filter(instance -> instance.type().equals(type.name()))
                    .map(instance -> Integer.toString(instance.tcpPort()))
                    .collect(Collectors.joining(", "));
            lines.add(("%-" + width + "s  %d").formatted(type.name(), application.quantity(type.name()))
                    + (type.name().equals("web") && !ports.isEmpty() ? "  on their own TCP ports " + ports : ""));
        });
        services.forEach(service ->
                lines.add(service.description() + " as " + service.kind().variable()));
        lines.add("");
        lines.add("Ctrl-C stops it; 'coatcheck ps' in its folder shows the instances.");
        return String.join("\n", lines);
    }
}
