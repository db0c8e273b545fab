package dev.coatcheck.formation.export;

import dev.coatcheck.formation.FormationSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is said about an export beside the application.
 *
 * @param image the container image that holds the application; where there is none, one of the application's name
 * @param plain names of variables that are no secrets, so that their values are written out
 * @param formation the time limits and the TCP port of the runner, which the manifests take over
 */
public record ExportSettings(Optional<String> image, Set<String> plain, FormationSettings formation) {
    /** As in the reference grammar of container images: registry/path:tag@digest. */
    private static final Pattern IMAGE = Pattern.compile(
            "[a-z0-9][a-zA-Z0-9._-]*(:\\d{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
                    + "(@sha256:[0-9a-f]{64})?");

    public ExportSettings {
        plain = Set.copyOf(plain);
        if (image.isPresent() && !IMAGE.matcher(image.get()).matches()) {
            throw new IllegalArgumentException(
                    "'" + image.get() + "' is no name of an image; it reads as registry.example.com/team/app:1.2");
        }
    }

    public static ExportSettings defaults() {
        return new ExportSettings(Optional.empty(), Set.of(), FormationSettings.defaults());
    }

    public ExportSettings withImage(String name) {
        return new ExportSettings(Optional.of(name), plain, formation);
    }

    /** How long an instance may take until it is ready, where the engine can be told. */
    public ExportSettings withStartLimit(Duration limit) {
        return new ExportSettings(image, plain, formation.withStartLimit(limit));
    }

    public ExportSettings withPlain(Set<String> names) {
        return new ExportSettings(image, names, formation);
    }
}
