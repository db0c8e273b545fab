package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.release.Release;
import dev.coatcheck.formation.supervision.Instance;
import java.util.Optional;

/**
 * A release with what it needs on this machine: its folder, the services, the secrets, the router. Instances are made from
 * it.
 */
record AttachedRelease(Release release, Instance.Surroundings surroundings, Optional<Instance.Intake> intake) {
    int number() {
        return release.number();
    }

    Instance instance(ProcessType type, int number) {
        boolean web = type.name().equals(ProcessType.WEB);
        return new Instance(
                type,
                number,
                release.configuration().stopPolicy(type.name()),
                surroundings,
                web ? intake : Optional.empty());
    }
}
