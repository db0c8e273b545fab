package dev.coatcheck.prove.location;

import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.tcp.Listening;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a needle is in a backing service that runs on this machine: in the memory of its processes or in its files,
 * whatever the service is. What it keeps compressed or encrypted is not found.
 *
 * <pre>{@code
 * SearchResult findings = BackingServiceSearch.search("redis", server, home, needles, MemoryLimits.defaults());
 * }</pre>
 */
public final class BackingServiceSearch {
    private BackingServiceSearch() {}

    /**
     * One location, where it holds any.
     *
     * @param name what it is called in the report: {@code redis}
     * @param home the folder of its data
     */
    public static SearchResult search(
            String name, BackingServer server, Path home, Collection<Needle> needles, MemoryLimits limits) {
        Set<Long> pids = new LinkedHashSet<>();
        Listening.on(server.tcpPort()).forEach(pid -> pids.addAll(Processes.tree(pid)));
        List<String> notes = new ArrayList<>();
        if (pids.isEmpty()) {
            notes.add("the memory of " + name + " was not looked through: no process of this user listens on TCP port "
                    + server.tcpPort());
        }
        SearchResult memory = MemorySearch.search(name, pids, needles, limits);
        notes.addAll(memory.notes());
        FileSearch.Result files = FileSearch.search(name, files(home), needles);
        notes.addAll(files.notes());
        List<String> places = new ArrayList<>();
        if (!memory.locations().isEmpty()) {
            places.add("in its memory");
        }
        if (!files.holding().isEmpty()) {
            places.add("in its files");
        }
        return new SearchResult(
                places.isEmpty()
                        ? List.of()
                        : List.of(new Location(Location.Kind.BACKING_SERVICE, name, String.join(" and ", places))),
                notes);
    }

    /** By the names that they have below the home: a needle may be in the name of an object's file. */
    private static List<ChangedFile> files(Path home) {
        List<ChangedFile> files = new ArrayList<>();
        SimpleFileVisitor<Path> collector = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(new ChangedFile(home.relativize(file).toString(), file));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // removed meanwhile: servers do that to their files
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        };
        try {
            Files.walkFileTree(home, collector);
        } catch (IOException e) {
            // As for a single file.
        }
        return files;
    }
}
