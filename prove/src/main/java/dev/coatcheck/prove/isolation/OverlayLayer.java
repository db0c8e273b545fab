package dev.coatcheck.prove.isolation;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A layer of overlays in a mount namespace. */
final class OverlayLayer implements Layer {
    private static final Path ROOT = Path.of("/");

    /**
     * Renaming a folder that the file system below has is a copy then, as between file systems ({@code EXDEV}), and a
     * file in an upper folder is always a whole one.
     */
    private static final String OPTIONS = "redirect_dir=off,metacopy=off,index=off";

    /** In a user namespace the marks of an overlay have to be kept where an ordinary user may. */
    private static final String USER_OPTIONS = "userxattr";

    private static final int LINKS_AT_MOST = 40;

    private final boolean inUserNamespace;
    private final LayerSettings settings;
    private final Holder holder;

    /** Or whether another layer does, whose disk this one is. */
    private final boolean holdsDisk;

    private final Optional<OwnNetwork> network;
    private final UpperLayers uppers;
    private final List<String> weaknesses;

    private OverlayLayer(
            boolean inUserNamespace,
            LayerSettings settings,
            Holder holder,
            boolean holdsDisk,
            Optional<OwnNetwork> network,
            UpperLayers uppers,
            List<String> weaknesses) {
        this.inUserNamespace = inUserNamespace;
        this.settings = settings;
        this.holder = holder;
        this.holdsDisk = holdsDisk;
        this.network = network;
        this.uppers = uppers;
        this.weaknesses = weaknesses;
    }

    static OverlayLayer start(boolean inUserNamespace, LayerSettings settings) throws IOException {
        DiskPlan plan = DiskPlan.of(
                MountTable.ofThisJvm(),
                inUserNamespace,
                Set.of(settings.folder().toRealPath()),
                settings.localSockets() ? ListeningSockets.now() : List.of());
        List<String> lines = new ArrayList<>();
        lines.add(settings.sizeBytes() + " " + settings.hostname() + " " + options(inUserNamespace));
        lines.addAll(plan.lines());
        if (settings.network() instanceof Network.Own) {
            lines.add("loopback 0 - - -");
        }
        Holder holder = Holder.start(namespaces(inUserNamespace, settings.network()), lines);
        try {
            UpperLayers uppers = new UpperLayers(holder.uppers(), holder.root(), plan, FileTime.from(Instant.now()));
            Optional<OwnNetwork> network =
                    switch (settings.network()) {
                        case Network.Host host -> Optional.empty();
                        case Network.Own own -> {
                            List<String> enter = enter(holder.pid(), inUserNamespace, List.of("--net"));
                            yield Optional.of(OwnNetwork.start(enter, own));
                        }
                    };
            return new OverlayLayer(
                    inUserNamespace, settings, holder, true, network, uppers, weaknesses(plan, holder.said()));
        } catch (IOException | RuntimeException e) {
            holder.close();
            throw e;
        }
    }

    static String options(boolean inUserNamespace) {
        return inUserNamespace ? USER_OPTIONS : OPTIONS;
    }

    /** The command that makes them for the one that follows it. */
    static List<String> namespaces(boolean inUserNamespace, Network network) {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--uts", "--ipc"));
        if (network instanceof Network.Own) {
            command.add("--net");
        }
        if (inUserNamespace) {
            // Its own user, not root: an application that refuses root, or acts otherwise as root, is to act as usual.
            command.addAll(List.of("--user", "--map-current-user", "--keep-caps"));
        }
        return command;
    }

    private static List<String> weaknesses(DiskPlan plan, List<String> said) {
        List<String> weaknesses = new ArrayList<>();
        plan.shared().forEach(path -> weaknesses.add(shared(path.toString())));
        for (String line : said) {
            if (line.startsWith("shared ")) {
                weaknesses.add(shared(line.substring("shared ".length())));
            }
        }
        return List.copyOf(weaknesses);
    }

    private static String shared(String path) {
        return path + " is not held apart: no overlay can be made of it, so that all instances and the machine itself"
                + " share what is written there";
    }

    private static List<String> enter(long holder, boolean inUserNamespace, List<String> namespaces) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target", Long.toString(holder)));
        command.addAll(namespaces);
        if (inUserNamespace) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        command.add("--");
        return command;
    }

    @Override
    public ProcessBuilder builder(List<String> command, Path folder, Map<String, String> environment) {
        List<String> namespaces = new ArrayList<>(List.of("--mount", "--uts", "--ipc"));
        network.ifPresent(own -> namespaces.add("--net=" + own.namespace()));
        List<String> line = enter(holder.pid(), inUserNamespace, namespaces);
        line.addAll(List.of("sh", "-c", "cd -- \"$0\" || exit 126; exec \"$@\"", folder.toString()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    @Override
    public List<FileChange> changes() throws IOException {
        return uppers.changes();
    }

    @Override
    public Path outside(Path path) throws IOException {
        Path resolved = ROOT;
        Deque<Path> rest = new ArrayDeque<>();
        path.toAbsolutePath().normalize().forEach(rest::addLast);
        int links = 0;
        while (!rest.isEmpty()) {
            Path name = rest.removeFirst();
            Path next = resolved.resolve(name).normalize(); // two dots lead to the parent by its real path
            Path there = below(holder.root(), next);
            if (!Files.isSymbolicLink(there)) {
                resolved = next;
                continue;
            }
            links++;
            if (links > LINKS_AT_MOST) {
                throw new IOException("too many symbolic links on the way to " + path + " in the layer");
            }
            // Followed here, since an absolute one would lead this JVM to the machine's own file.
            Path target = Files.readSymbolicLink(there);
            List<Path> names = new ArrayList<>();
            target.forEach(names::add);
            names.reversed().forEach(rest::addFirst);
            resolved = target.isAbsolute() ? ROOT : resolved;
        }
        return below(holder.root(), resolved);
    }

    private static Path below(Path root, Path path) {
        return root.resolve(ROOT.relativize(path));
    }

    @Override
    public InetSocketAddress reach(int tcpPort) throws IOException {
        return network.isPresent()
                ? network.get().reach(tcpPort)
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort);
    }

    @Override
    public Optional<InetSocketAddress> clientInside(InetSocketAddress client) {
        return network.isPresent() ? network.get().clientInside(client) : Optional.of(client);
    }

    @Override
    public Layer beside() throws IOException {
        if (!(settings.network() instanceof Network.Own own)) {
            return this;
        }
        List<String> anew = new ArrayList<>();
        if (inUserNamespace) {
            // What enters a user namespace has no rights in it any more when it starts a program: it makes one below.
            anew.addAll(enter(holder.pid(), true, List.of()));
            anew.addAll(List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--net"));
        } else {
            anew.addAll(List.of("unshare", "--net"));
        }
        anew.addAll(List.of("sh", "-c", "ip link set lo up 2>/dev/null || ifconfig lo up; exec \"$@\"", "sh"));
        OwnNetwork another = OwnNetwork.start(anew, own);
        return new OverlayLayer(inUserNamespace, settings, holder, false, Optional.of(another), uppers, weaknesses);
    }

    @Override
    public OptionalLong holderPid() {
        return OptionalLong.of(holder.pid());
    }

    @Override
    public List<String> weaknesses() {
        return weaknesses;
    }

    @Override
    public void close() throws IOException {
        try {
            if (network.isPresent()) {
                network.get().close();
            }
        } finally {
            if (holdsDisk) {
                holder.close();
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OverlayLayer layer && layer.holder.equals(holder);
    }

    @Override
    public int hashCode() {
        return holder.hashCode();
    }

    @Override
    public String toString() {
        return "layer " + settings.hostname() + " held by process " + holder.pid();
    }
}
