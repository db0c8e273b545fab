package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A copy of the application's folder with empty folders for {@code HOME} and {@code TMPDIR} beside it, where the kernel
 * gives nothing better. Its processes run in the copy, and paths below the application's folder in their command and
 * environment are changed to those of the copy.
 */
final class CopyLayer implements Layer {
    private static final long BYTES_AT_MOST = 2L << 30;
    private static final long FILES_AT_MOST = 200_000;

    private final LayerSettings settings;
    private final ScratchFolder scratch;
    private final Path folder;
    private final Path copy;
    private final List<String> weaknesses;
    private final Map<Path, FileState> before;

    private CopyLayer(LayerSettings settings, ScratchFolder scratch, List<Path> left) throws IOException {
        this.settings = settings;
        this.scratch = scratch;
        this.folder = scratch.path();
        this.copy = folder.resolve("app");
        this.weaknesses = left.stream()
                .map(path ->
                        path + " is not held apart: it is too large to copy for each instance, so that all instances"
                                + " and the machine itself share what is written there")
                .toList();
        this.before = states();
    }

    static CopyLayer start(LayerSettings settings) throws IOException {
        if (settings.network() instanceof Network.Own) {
            throw new IOException("no network of its own can be given to " + settings.hostname()
                    + ": this machine allows no namespaces");
        }
        ScratchFolder scratch = ScratchFolder.create("coatcheck-copy-");
        try {
            Path folder = scratch.path();
            for (String name : List.of("app", "home", "tmp")) {
                Files.createDirectory(folder.resolve(name));
            }
            return new CopyLayer(
                    settings,
                    scratch,
                    FolderCopy.make(settings.folder(), folder.resolve("app"), BYTES_AT_MOST, FILES_AT_MOST));
        } catch (IOException | RuntimeException e) {
            scratch.close();
            throw e;
        }
    }

    @Override
    public ProcessBuilder builder(List<String> command, Path folder, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(
                        command.stream().map(this::moved).toList())
                .directory(outside(folder).toFile());
        Map<String, String> variables = builder.environment();
        variables.clear();
        environment.forEach((name, value) -> variables.put(name, moved(value)));
        variables.put("HOSTNAME", settings.hostname());
        variables.put("TMPDIR", this.folder.resolve("tmp").toString());
        String home = environment.getOrDefault("HOME", "");
        // An application that lives in its user's home finds itself there.
        if (home.isEmpty() || !Path.of(home).startsWith(settings.folder())) {
            variables.put("HOME", this.folder.resolve("home").toString());
        }
        return builder;
    }

    private String moved(String text) {
        String original = settings.folder().toString();
        return text.equals(original) || text.startsWith(original + "/")
                ? copy + text.substring(original.length())
                : text;
    }

    /** Below the application's folder, paths are told as they would be without the copy. */
    @Override
    public List<FileChange> changes() throws IOException {
        Map<Path, FileState> now = states();
        List<FileChange> changes = new ArrayList<>();
        now.forEach((path, state) -> {
            FileState was = before.get(path);
            if (was == null) {
                changes.add(new FileChange.Created(known(path), path, state.size(), state.written()));
            } else if (state.differsFrom(was) && !(state.isFolder() && was.isFolder())) {
                changes.add(new FileChange.Modified(known(path), path, state.size(), state.written()));
            }
        });
        for (Path path : before.keySet()) {
            boolean wholeFolder = Optional.ofNullable(path.getParent())
                    .filter(parent -> before.containsKey(parent) && !now.containsKey(parent))
                    .isPresent();
            if (!now.containsKey(path) && !wholeFolder) {
                changes.add(new FileChange.Deleted(known(path)));
            }
        }
        changes.sort(Comparator.comparing(FileChange::path));
        return changes;
    }

    private Path known(Path path) {
        return path.startsWith(copy) ? settings.folder().resolve(copy.relativize(path)) : path;
    }

    private Map<Path, FileState> states() throws IOException {
        Map<Path, FileState> states = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            throw new IOException("the layer is gone: there is no " + folder);
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                return path.equals(folder) ? FileVisitResult.CONTINUE : visitFile(path, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                FileState state = FileState.of(path);
                if (state != null) {
                    states.put(path, state);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
                return FileVisitResult.CONTINUE; // gone meanwhile
            }
        });
        return states;
    }

    @Override
    public Path outside(Path path) {
        Path normal = path.toAbsolutePath().normalize();
        return normal.startsWith(settings.folder()) && !normal.startsWith(folder)
                ? copy.resolve(settings.folder().relativize(normal))
                : normal;
    }

    @Override
    public InetSocketAddress reach(int tcpPort) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort);
    }

    @Override
    public Optional<InetSocketAddress> clientInside(InetSocketAddress client) {
        return Optional.of(client);
    }

    @Override
    public Layer beside() {
        return this;
    }

    @Override
    public OptionalLong holderPid() {
        return OptionalLong.empty();
    }

    @Override
    public List<String> weaknesses() {
        return weaknesses;
    }

    @Override
    public void close() throws IOException {
        scratch.close();
    }

    @Override
    public String toString() {
        return "layer " + settings.hostname() + " in " + folder;
    }
}
