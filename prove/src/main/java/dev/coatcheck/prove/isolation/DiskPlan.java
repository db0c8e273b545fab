package dev.coatcheck.prove.isolation;

import dev.coatcheck.prove.isolation.MountTable.Mount;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The steps in which the root of a layer is put together from the file system as it is.
 *
 * <p>A folder becomes an overlay as a whole, and so does every file system that is mounted below it, since an overlay
 * does not see through mounts. In a user namespace the kernel refuses an overlay over a folder with mounts below, because
 * it would show what they hide; such a folder, {@code /} always, is made anew then, and what is in it is placed entry by
 * entry.
 */
final class DiskPlan {
    private static final Path ROOT = Path.of("/");
    private static final Path TMP = Path.of("/tmp");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Path HOSTS = Path.of("/etc/hosts");

    /** The kernel's own, taken as they are with all that is mounted in them. */
    private static final Set<Path> AS_THEY_ARE = Set.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    /** Where container engines keep a mount or more for each container: none of an application's business, and many. */
    private static final Set<Path> LEFT_OUT = Set.of(
            Path.of("/run/docker"),
            Path.of("/run/containerd"),
            Path.of("/var/lib/docker"),
            Path.of("/var/lib/containerd"),
            Path.of("/var/lib/containers"),
            Path.of("/var/lib/kubelet"));

    private static final List<Path> WRITTEN_BY_ALL = List.of(Path.of("/var/tmp"), Path.of("/run/lock"));

    private static final long COPIED_BYTES = 16 << 20;

    /**
     * A folder of the layer whose changes gather in a folder of their own.
     *
     * @param fresh begins empty, whatever the file system has there
     * @param mode that it is given, or a hyphen for the usual one
     * @param owner that it is given, or a hyphen for whoever makes it
     */
    record Upper(int number, Path folder, boolean fresh, String mode, String owner) {}

    private final MountTable mounts;
    private final boolean inUserNamespace;
    private final Set<Path> visible;
    private final Set<String> folders = new LinkedHashSet<>();
    private final List<String> steps = new ArrayList<>();
    private final List<Upper> uppers = new ArrayList<>();
    private final List<Path> shared = new ArrayList<>();
    private final Set<Path> mountPoints = new HashSet<>();

    private DiskPlan(MountTable mounts, boolean inUserNamespace, Set<Path> visible) {
        this.mounts = mounts;
        this.inUserNamespace = inUserNamespace;
        this.visible = visible;
    }

    /**
     * @param visible folders that are to be seen although they lie where each layer begins empty
     * @param sockets that are to stay connectable: an overlay shows the socket of the file system below, where nobody
     *     listens
     */
    static DiskPlan of(MountTable mounts, boolean inUserNamespace, Set<Path> visible, List<Path> sockets)
            throws IOException {
        DiskPlan plan = new DiskPlan(mounts, inUserNamespace, visible);
        plan.place(ROOT);
        if (!visible.contains(TMP)) {
            plan.fresh(TMP);
        }
        if (Files.isDirectory(SHARED_MEMORY)) {
            plan.fresh(SHARED_MEMORY);
        }
        for (Path folder : visible) {
            if (plan.isInFresh(folder) && Files.isDirectory(folder)) {
                plan.placeVisible(folder);
            }
        }
        plan.placeOthersFolders();
        for (Path socket : sockets) {
            if (AS_THEY_ARE.stream().noneMatch(socket::startsWith)) {
                plan.steps.add(step("socket", socket));
            }
        }
        if (Files.isReadable(HOSTS)) {
            plan.steps.add(step("hosts", HOSTS.toRealPath()));
        }
        return plan;
    }

    /** The plan as the script beside this class reads it, but for its first and its last line. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(numbers(uppers));
        grouped(Upper::mode).forEach((mode, alike) -> lines.add("modes 0 " + mode + " - " + numbers(alike)));
        grouped(Upper::owner).forEach((owner, alike) -> lines.add("owners 0 - " + owner + " " + numbers(alike)));
        lines.addAll(folders);
        lines.addAll(steps);
        return lines;
    }

    private Map<String, List<Upper>> grouped(Function<Upper, String> property) {
        return uppers.stream()
                .filter(upper -> !property.apply(upper).equals("-"))
                .collect(Collectors.groupingBy(property, TreeMap::new, Collectors.toList()));
    }

    private static String numbers(List<Upper> uppers) {
        return uppers.stream().map(upper -> Integer.toString(upper.number())).collect(Collectors.joining(" "));
    }

    List<Upper> uppers() {
        return List.copyOf(uppers);
    }

    /** What can be written to and is still everybody's. */
    List<Path> shared() {
        return List.copyOf(shared);
    }

    /** Where something is mounted, so that what lies there is no part of the folder around it. */
    Set<Path> mountPoints() {
        return Set.copyOf(mountPoints);
    }

    private void place(Path path) throws IOException {
        if (AS_THEY_ARE.contains(path)) {
            bind(path);
        } else if (!isInFresh(path) && !(path.equals(TMP) && !visible.contains(TMP))) {
            placeVisible(path);
        }
    }

    private void placeVisible(Path path) throws IOException {
        if (path.toString().indexOf('\n') >= 0) {
            return; // no line can tell it
        }
        boolean bound = mounts.at(path).filter(mount -> !mount.holdsFiles()).isPresent();
        // A folder that this user cannot get into is closed to what it starts, too.
        if (bound || !Files.isExecutable(path)) {
            bind(path);
            return;
        }
        List<Mount> nearest = mounts.nearestBelow(path).stream()
                .filter(mount -> LEFT_OUT.stream().noneMatch(mount.place()::startsWith))
                .toList();
        if (inUserNamespace && !mounts.nearestBelow(path).isEmpty()) {
            placeEntries(path);
            return;
        }
        Upper upper = upper(path, false, mode(path), owner(path));
        steps.add(step("overlay", upper.number(), path));
        for (Mount mount : nearest) {
            place(mount.place());
        }
    }

    /**
     * Folders that this user may write to and somebody else owns, each as an overlay by itself: in a user namespace the
     * kernel cannot copy the folder of an owner that has no number there to the upper one of its parent ("Value too large
     * for defined data type").
     */
    private void placeOthersFolders() throws IOException {
        if (!inUserNamespace) {
            return;
        }
        List<Path> folders = new ArrayList<>(WRITTEN_BY_ALL);
        folders.addAll(visible);
        for (Path folder : folders) {
            if (!mountPoints.contains(folder)
                    && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.isWritable(folder)
                    && !isOwn(folder)) {
                placeVisible(folder);
            }
        }
    }

    private static boolean isOwn(Path folder) throws IOException {
        return Files.getAttribute(folder, "unix:uid").equals(OwnUser.uid());
    }

    private void placeEntries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            share(folder); // it may be entered and not be read
            return;
        }
        // Folders first and all at once, since each program that the script starts takes its time.
        if (folder.equals(ROOT)) {
            folders.add(step("root", upper(folder, false, mode(folder), "-").number(), folder));
        } else {
            folders.add(step("folder", folder));
            if (!mode(folder).equals("-")) {
                steps.add(step("mode", 0, mode(folder), folder));
            }
        }
        boolean copies = false;
        for (Path entry : entries) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                folders.add(step("folder", entry));
                place(entry);
            } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) && Files.size(entry) > COPIED_BYTES) {
                share(entry);
            } else {
                copies = true;
            }
        }
        if (copies) {
            steps.add(step("entries", 0, COPIED_BYTES + 1 + "c", folder));
        }
    }

    /** In a folder that every layer has empty for itself, or was there once. */
    private boolean isInFresh(Path path) {
        boolean inTmp = path.startsWith(TMP) && !path.equals(TMP) && !visible.contains(TMP);
        return inTmp || path.startsWith(SHARED_MEMORY);
    }

    private void fresh(Path folder) {
        steps.add(step("fresh", upper(folder, true, "1777", "-").number(), folder));
    }

    private void bind(Path path) {
        mountPoints.add(path);
        steps.add(step("bind", path));
    }

    private void share(Path path) {
        bind(path);
        if (Files.isWritable(path)) {
            shared.add(path);
        }
    }

    private Upper upper(Path folder, boolean fresh, String mode, String owner) {
        Upper upper = new Upper(uppers.size(), folder, fresh, mode, owner);
        uppers.add(upper);
        mountPoints.add(folder);
        return upper;
    }

    private static String step(String name, Path path) {
        return step(name, 0, path);
    }

    private static String step(String name, int number, Path path) {
        return step(name, number, "-", path);
    }

    private static String step(String name, int number, String mode, Path path) {
        return name + " " + number + " " + mode + " - " + path;
    }

    /**
     * The mode of the folder in the layer. What belongs to somebody else belongs to this user there, so that the mode has
     * to say what this user may do with it. A hyphen for the usual one.
     */
    private String mode(Path folder) throws IOException {
        int mode = (Integer) Files.getAttribute(folder, "unix:mode") & 07777;
        if (inUserNamespace && !isOwn(folder)) {
            int bits = (Files.isReadable(folder) ? 4 : 0)
                    + (Files.isWritable(folder) ? 2 : 0)
                    + (Files.isExecutable(folder) ? 1 : 0);
            mode = (mode & 01000) | bits << 6 | bits << 3 | bits;
        }
        return mode == 0755 ? "-" : Integer.toOctalString(mode);
    }

    private String owner(Path folder) throws IOException {
        String owner = Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid");
        return inUserNamespace || owner.equals("0:0") ? "-" : owner;
    }
}
