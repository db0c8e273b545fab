package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.process.Java;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagedServersTest {
    @TempDir
    Path cache;

    @Test
    void two_jvms_that_unpack_at_once_leave_one_complete_copy() throws Exception {
        List<Process> processes = List.of(unpack(), unpack());
        for (Process process : processes) {
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        try (Stream<Path> folders = Files.list(cache)) {
            assertThat(folders).hasSize(3);
        }
        PackagedServers servers = new PackagedServers(new BinaryCache(cache));
        assertThat(versionOf(servers.postgres().resolve("bin/postgres"))).contains("(PostgreSQL) 18");
        assertThat(versionOf(servers.redisServer())).contains("v=6.2");
        assertThat(servers.s3Proxy().jars())
                .isDirectoryContaining("glob:**/s3proxy-" + servers.s3Proxy().version() + ".jar")
                .isDirectoryNotContaining("glob:**/*.txt");
    }

    @Test
    void a_failed_unpacking_leaves_nothing_behind() throws IOException {
        BinaryCache failing = new BinaryCache(cache);
        assertThatThrownBy(() -> failing.install("server", folder -> {
                    Files.writeString(folder.resolve("half"), "of it");
                    throw new IOException("no space left on device");
                }))
                .hasMessage("no space left on device");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void the_cache_is_where_the_xdg_specification_has_it() {
        assertThat(BinaryCache.userCache(null, "/home/ada")).hasToString("/home/ada/.cache");
        assertThat(BinaryCache.userCache("/var/cache/ada", "/home/ada")).hasToString("/var/cache/ada");
        assertThat(BinaryCache.userCache("", "/home/ada")).hasToString("/home/ada/.cache");
        assertThat(BinaryCache.userCache("not/absolute", "/home/ada")).hasToString("/home/ada/.cache");
    }

    private Process unpack() throws IOException {
        return new ProcessBuilder(Java.command(Unpacking.class, cache.toString()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static String versionOf(Path program) throws IOException {
        return new String(
                new ProcessBuilder(program.toString(), "--version")
                        .start()
                        .getInputStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }
}
