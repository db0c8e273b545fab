package dev.coatcheck.formation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Lifecycle;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.host.service.MemcachedServer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackingServicesTest {
    private final List<Event> events = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @Test
    void every_service_tells_its_version_and_a_value_for_each_of_its_variables() {
        Set<ServiceKind> kinds = EnumSet.allOf(ServiceKind.class);
        if (!MemcachedServer.isInstalled()) {
            kinds.remove(ServiceKind.MEMCACHED);
        }
        try (BackingServices services = services()) {
            services.start(kinds);
            assertThat(services.all()).extracting(AttachedService::kind).containsExactlyElementsOf(kinds);
            for (AttachedService service : services.all()) {
                assertThat(service.version()).matches("\\d+\\.\\d+.*");
                assertThat(service.variables())
                        .containsKeys(service.kind().variables().toArray(String[]::new));
                assertThat(service.kind().isAttachedBy(service.variables())).isTrue();
                assertThat(folder.resolve(service.kind().label())).isDirectory();
            }
            assertThat(readied()).hasSize(kinds.size());
        }
    }

    @Test
    void an_object_store_is_reached_without_the_session_of_another_account() {
        try (BackingServices services = services()) {
            services.start(Set.of(ServiceKind.S3));
            Map<String, String> variables = services.variables(Set.of(ServiceKind.S3));
            assertThat(variables.get("AWS_ENDPOINT_URL_S3")).matches("http://127\\.0\\.0\\.1:\\d+");
            assertThat(variables.get("AWS_SECRET_ACCESS_KEY")).matches("[0-9a-f]{32}");
            assertThat(variables)
                    .containsEntry("AWS_REGION", "us-east-1")
                    .containsEntry("S3_BUCKET", "app")
                    .containsEntry("AWS_SESSION_TOKEN", "");
            // A release that has its own by URL must not be handed the one that runs here for another.
            assertThat(services.variables(Set.of(ServiceKind.REDIS))).isEmpty();
        }
    }

    private BackingServices services() {
        return new BackingServices(folder, new Journal(InstantSource.system(), events::add));
    }

    private List<Lifecycle> readied() {
        return events.stream()
                .filter(Lifecycle.class::isInstance)
                .map(Lifecycle.class::cast)
                .filter(event -> event.kind() == Kind.SERVICE_READY)
                .toList();
    }
}
