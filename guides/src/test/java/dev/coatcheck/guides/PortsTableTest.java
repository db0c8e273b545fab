package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.azure.Azure;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.memcached.Memcached;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.s3.S3;
import dev.coatcheck.servlet.SealingKeys;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of ports, as the adapters on their real servers declare it, is printed and is what {@code docs/state.md} shows. */
class PortsTableTest {
    private static final Path PAGE = Path.of("..", "docs", "state.md");
    private static final Pattern KEPT =
            Pattern.compile("(?<=<!-- the table of ports, by PortsTableTest -->\n).*?(?=<!-- end -->)", Pattern.DOTALL);
    private static final String UPDATE = "./mvnw -pl guides -am test -Dtest=PortsTableTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true";
    private static final SessionSettings SESSIONS = SessionSettings.defaults();
    private static final CacheSettings CACHE = CacheSettings.named("table");

    @Test
    void the_page_shows_what_the_adapters_declare() throws IOException {
        assumeTrue(MemcachedServer.isInstalled(), () -> "there is no memcached: " + MemcachedServer.installation());
        var table = "\n" + table().markdown() + "\n";
        System.out.println(table);
        var page = Files.readString(PAGE);
        if (Boolean.getBoolean("golden.update")) {
            page = KEPT.matcher(page).replaceFirst(Matcher.quoteReplacement(table));
            Files.writeString(PAGE, page);
        }

        var kept = KEPT.matcher(page);
        assertThat(kept.find()).as("docs/state.md has a place for the table").isTrue();
        assertThat(kept.group())
                .as("the table in docs/state.md; where the adapters are right: %s", UPDATE)
                .isEqualTo(table);
    }

    @Test
    void every_port_of_the_library_has_a_row_and_every_row_a_section() throws IOException, URISyntaxException {
        assertThat(Arrays.stream(Port.values()).map(port -> "dev.coatcheck.state." + port.word()))
                .containsExactlyInAnyOrderElementsOf(packagesOfPorts());
        assertThat(Files.readAllLines(PAGE).stream().map(line -> line.toLowerCase(Locale.ROOT)))
                .containsSubsequence(Arrays.stream(Port.values())
                        .map(port -> "## " + port.word())
                        .toList());
    }

    private static List<String> packagesOfPorts() throws URISyntaxException {
        var state = Path.of(Sessions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return ModuleFinder.of(state).find("dev.coatcheck.state").orElseThrow().descriptor().exports().stream()
                .map(Exports::source)
                .filter(name -> !name.equals("dev.coatcheck.state"))
                .toList();
    }

    private static PortsTable table() {
        try (var redis = Redis.attach(SharedServers.freshRedisUrl());
                var postgres = Postgres.attach(SharedServers.freshPostgresUrl());
                var memcached = Memcached.attach(SharedServers.memcached().url());
                var s3 = S3.attach("s3://table?region=eu-central-1");
                var azure = Azure.attach("https://table:a2V5@table.blob.core.windows.net/table");
                var redisCache = redis.cache(CACHE);
                var postgresCache = postgres.cache(CACHE);
                var memcachedCache = memcached.cache(CACHE)) {
            return new PortsTable(
                    List.of(
                            new PortsTable.Resource(
                                    "Redis",
                                    Redis.class,
                                    Optional.of(redis.sessions(SESSIONS).capabilities()),
                                    Optional.of(redisCache.capabilities()),
                                    Optional.of(redis.jobs().capabilities()),
                                    Optional.empty()),
                            new PortsTable.Resource(
                                    "PostgreSQL",
                                    Postgres.class,
                                    Optional.of(postgres.sessions(SESSIONS).capabilities()),
                                    Optional.of(postgresCache.capabilities()),
                                    Optional.of(postgres.jobs().capabilities()),
                                    Optional.of(postgres.blobs().capabilities())),
                            new PortsTable.Resource(
                                    "Memcached",
                                    Memcached.class,
                                    Optional.of(memcached.sessions(SESSIONS).capabilities()),
                                    Optional.of(memcachedCache.capabilities()),
                                    Optional.empty(),
                                    Optional.empty()),
                            new PortsTable.Resource(
                                    "S3",
                                    S3.class,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(s3.blobs().capabilities())),
                            new PortsTable.Resource(
                                    "Azure Blob",
                                    Azure.class,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(azure.blobs().capabilities()))),
                    sealed().capabilities());
        }
    }

    private static SessionFilter sealed() {
        var keys = SealingKeys.parse(SealingKeys.random("table"));
        return SessionFilter.sealed(keys, SESSIONS, SessionFilterSettings.defaults());
    }
}
