package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is mounted where for this JVM, the topmost at each place. */
final class MountTable {
    /** File systems whose files are the kernel's own: there is nothing in them to hold apart. */
    private static final Set<String> OF_THE_KERNEL = Set.of(
            "autofs",
            "binfmt_misc",
            "bpf",
            "cgroup",
            "cgroup2",
            "configfs",
            "debugfs",
            "devpts",
            "devtmpfs",
            "efivarfs",
            "fusectl",
            "hugetlbfs",
            "mqueue",
            "nsfs",
            "proc",
            "pstore",
            "rpc_pipefs",
            "securityfs",
            "selinuxfs",
            "sysfs",
            "tracefs");

    /**
     * @param readOnly for all who see this mount
     */
    record Mount(Path place, String type, boolean readOnly) {
        /** Whether files that an application may write lie in it. */
        boolean holdsFiles() {
            return !readOnly && !OF_THE_KERNEL.contains(type) && Files.isDirectory(place);
        }
    }

    private final NavigableMap<Path, Mount> byPlace = new TreeMap<>();

    private MountTable(List<String> lines) {
        for (String line : lines) {
            // proc_pid_mountinfo(5): id, parent, device, root, place, options, optional fields, "-", type, source,
            // options
            String[] fields = line.split(" ", 7);
            String[] after = line.substring(line.indexOf(" - ") + 3).split(" ", 3);
            Path place = Path.of(unescaped(fields[4]));
            boolean readOnly = List.of(fields[5].split(",", -1)).contains("ro");
            byPlace.put(place, new Mount(place, after[0], readOnly));
        }
    }

    static MountTable ofThisJvm() throws IOException {
        return new MountTable(Files.readAllLines(Path.of("/proc/self/mountinfo")));
    }

    static MountTable of(List<String> lines) {
        return new MountTable(lines);
    }

    Optional<Mount> at(Path place) {
        return Optional.ofNullable(byPlace.get(place));
    }

    /** Those below a folder with no other mount in between, sorted. */
    List<Mount> nearestBelow(Path folder) {
        List<Mount> nearest = new ArrayList<>();
        for (Mount mount : byPlace.tailMap(folder, false).values()) {
            boolean behindAnother = !nearest.isEmpty()
                    && mount.place().startsWith(nearest.getLast().place());
            if (mount.place().startsWith(folder) && !behindAnother) {
                nearest.add(mount);
            }
        }
        return nearest;
    }

    /** Space, tab, newline and backslash are written as three octal digits. */
    private static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
