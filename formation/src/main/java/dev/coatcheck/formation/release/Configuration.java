package dev.coatcheck.formation.release;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.application.StopPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a release is run with: everything that may differ between two releases of one build. The URLs of services that are
 * started here, and the values of generated secrets, are attached when it is run and are no part of it.
 */
public record Configuration(
        List<ProcessType> types,
        Optional<ProcessType> release,
        Map<String, Integer> quantities,
        Map<String, String> environment,
        Set<ServiceKind> services,
        Set<String> secrets,
        Optional<String> readinessPath,
        Map<String, StopPolicy> stops) {
    public Configuration {
        types = List.copyOf(types);
        quantities = Collections.unmodifiableMap(new LinkedHashMap<>(quantities));
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        services = Collections.unmodifiableSet(new LinkedHashSet<>(services));
        secrets = Collections.unmodifiableSet(new TreeSet<>(secrets));
        stops = Collections.unmodifiableMap(new TreeMap<>(stops));
    }

    /** Of what the files and options of an application say. */
    public static Configuration of(Application application) {
        Map<String, String> environment = new TreeMap<>(application.environment());
        environment
                .keySet()
                .removeAll(
                        SessionVariables.in(application.options().environment()).keySet());
        return new Configuration(
                application.types(),
                application.release(),
                application.quantities(),
                environment,
                application.services(),
                application.secrets(),
                application.readinessPath(),
                application.stops());
    }

    public int quantity(String type) {
        return quantities.getOrDefault(type, 0);
    }

    public StopPolicy stopPolicy(String type) {
        return stops.getOrDefault(type, StopPolicy.DEFAULT);
    }

    /** Names alone: the values of variables are nobody's business. */
    @Override
    public String toString() {
        return "Configuration[types=" + types + ", quantities=" + quantities + ", variables=" + environment.keySet()
                + "]";
    }
}
