package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.host.service.ServerStartException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The backing services that are started for a proof and are its own to wipe. */
final class Services implements AutoCloseable {
    private final Map<ServiceKind, BackingServer> servers = new EnumMap<>(ServiceKind.class);
    private boolean used;

    /** @throws InconclusiveException if one does not come up */
    static Services start(Collection<ServiceKind> kinds, Path folder) {
        Services services = new Services();
        try {
            for (ServiceKind kind : kinds) {
                ServerSettings settings =
                        ServerSettings.at(folder.resolve(kind.label())).withDurability(Durability.PROCESS_LOSS);
                services.servers.put(kind, kind.start(settings));
            }
            return services;
        } catch (RuntimeException e) {
            try (services) {
                throw e instanceof ServerStartException
                        ? new InconclusiveException(String.valueOf(e.getMessage()), e)
                        : e;
            }
        }
    }

    /** Where they are, for the environment of a process. */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        servers.values().forEach(server -> variables.putAll(ServiceKind.variables(server)));
        return variables;
    }

    Map<ServiceKind, BackingServer> servers() {
        return Map.copyOf(servers);
    }

    /** Makes them as empty as they were in the beginning. */
    void wipe() {
        try {
            if (used) {
                servers.values().forEach(BackingServer::wipe);
            }
            used = true;
        } catch (ServerStartException | IllegalStateException | UncheckedIOException e) {
            throw new InconclusiveException("a backing service could not be made empty: " + e.getMessage(), e);
        }
    }

    /** Whatever goes wrong with one of them, all the others are ended. */
    @Override
    public void close() {
        Parallel.forEach(servers.values(), BackingServer::close);
    }
}
