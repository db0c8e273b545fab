package dev.coatcheck.host.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Takes the servers out of the jars that carry them. */
final class PackagedServers {
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-xr-x");

    /** Where coatcheck-s3-server has the jars, and a class path of them. */
    static final String S3_JARS = "/dev/coatcheck/s3server/";

    private final BinaryCache cache;

    PackagedServers(BinaryCache cache) {
        this.cache = cache;
    }

    /** The folder that holds PostgreSQL's {@code bin}, {@code lib} and {@code share}. */
    Path postgres() throws IOException {
        Platform platform = Platform.current();
        String name = "postgresql-" + version("postgresql") + "-" + archiveName(platform);
        return cache.install(name, folder -> {
            try (InputStream archive = resource("/" + platform.postgresArchive);
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive))) {
                unpack(tar, folder);
            }
        });
    }

    /** The {@code redis-server} executable. */
    Path redisServer() throws IOException {
        String name = Platform.current().redisExecutable;
        return cache.install(name, folder -> {
                    try (InputStream executable = resource("/" + name)) {
                        Path file = folder.resolve("redis-server");
                        Files.copy(executable, file);
                        Files.setPosixFilePermissions(file, EXECUTABLE);
                    }
                })
                .resolve("redis-server");
    }

    /** @param jars the folder of all the jars, and of nothing else */
    record S3Proxy(String version, Path jars) {}

    S3Proxy s3Proxy() throws IOException {
        String[] jars;
        try (InputStream list = resource(S3_JARS + "jars.txt")) {
            jars = new String(list.readAllBytes(), StandardCharsets.UTF_8).split(":", -1);
        }
        String version = version("s3proxy");
        // The same version with other libraries is another folder.
        String libraries = HexFormat.of().toHexDigits(List.of(jars).hashCode());
        Path folder = cache.install("s3proxy-" + version + "-" + libraries, fresh -> {
            for (String jar : jars) {
                try (InputStream content = resource(S3_JARS + jar.substring("./".length()))) {
                    Files.copy(content, fresh.resolve(jar).normalize());
                }
            }
        });
        return new S3Proxy(version, folder);
    }

    private static String archiveName(Platform platform) {
        return platform.postgresArchive.substring("postgres-".length(), platform.postgresArchive.lastIndexOf('.'));
    }

    private static void unpack(TarArchiveInputStream tar, Path folder) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = folder.resolve(entry.getName()).normalize();
            if (!path.startsWith(folder)) {
                throw new IOException("an entry of the archive leaves its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            Files.createDirectories(folder.resolve(path).getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                Files.setPosixFilePermissions(path, permissions(entry.getMode()));
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwnerReadDown = PosixFilePermission.values();
        for (int i = 0; i < fromOwnerReadDown.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(fromOwnerReadDown[i]);
            }
        }
        return permissions;
    }

    /** As it was built in. */
    static String version(String server) throws IOException {
        Properties versions = new Properties();
        try (InputStream file = resource("versions.properties")) {
            versions.load(file);
        }
        return versions.getProperty(server);
    }

    /** @throws IOException if it is not on the class path */
    static void require(String name) throws IOException {
        resource(name).close();
    }

    private static InputStream resource(String name) throws IOException {
        InputStream resource = PackagedServers.class.getResourceAsStream(name);
        if (resource == null) {
            throw new IOException(
                    "'" + name + "' is not on the class path: coatcheck-host was built for another system than "
                            + Platform.current());
        }
        return resource;
    }
}
