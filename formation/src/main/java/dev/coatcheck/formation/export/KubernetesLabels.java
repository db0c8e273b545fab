package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.ProcessType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The recommended labels, kubernetes.io/docs/concepts/overview/working-with-objects/common-labels. */
final class KubernetesLabels {
    private static final String PREFIX = "app.kubernetes.io/";
    private static final Pattern IMAGE = Pattern.compile("(.+?)(?::([^:/@]+))?(?:@.+)?");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    private final Plan plan;

    KubernetesLabels(Plan plan) {
        this.plan = plan;
    }

    /** Never changed once a Deployment is there. */
    Map<String, String> selector(ProcessType type) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(PREFIX + "name", plan.name());
        labels.put(PREFIX + "instance", plan.name());
        labels.put(PREFIX + "component", plan.typeName(type));
        return labels;
    }

    Map<String, String> of(ProcessType type) {
        Map<String, String> labels = common();
        labels.putAll(selector(type));
        return labels;
    }

    Map<String, String> common() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(PREFIX + "name", plan.name());
        labels.put(PREFIX + "instance", plan.name());
        version().ifPresent(version -> labels.put(PREFIX + "version", version));
        labels.put(PREFIX + "part-of", plan.name());
        labels.put(PREFIX + "managed-by", "coatcheck");
        return labels;
    }

    /** Without its tag and digest. */
    static String imageName(String image) {
        Matcher matcher = IMAGE.matcher(image);
        return matcher.matches() ? matcher.group(1) : image;
    }

    private Optional<String> version() {
        Matcher matcher = IMAGE.matcher(plan.image());
        return matcher.matches()
                ? Optional.ofNullable(matcher.group(2))
                        .filter(tag -> VALUE.matcher(tag).matches())
                : Optional.empty();
    }
}
