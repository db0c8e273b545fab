package dev.coatcheck.host.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The processes that live now, a zombie being dead: from {@code /proc} where there is one, else as {@code ps} tells.
 * What vanishes while it is read is not there.
 */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/stat"));

    /**
     * A process. What it uses, and when it started, is known from {@code /proc} alone.
     *
     * @param started in ticks since the system was booted
     */
    record Row(long pid, long parent, long group, long started, Usage usage) {}

    private ProcessTable() {}

    static List<Row> live() {
        return HAS_PROC ? fromProc() : fromPs("-ax");
    }

    /** The process with this id, or null where there is none that lives. */
    static @Nullable Row find(long pid) {
        if (HAS_PROC) {
            return row(PROC.resolve(Long.toString(pid)));
        }
        List<Row> rows = fromPs("-p", Long.toString(pid));
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /** The ids of those for which {@code root} holds, and of all that descend from them; this JVM is never one. */
    static Set<Long> trees(Predicate<Row> root) {
        return trees(live(), root);
    }

    /** As above, among processes that were read before. */
    static Set<Long> trees(List<Row> rows, Predicate<Row> root) {
        long self = ProcessHandle.current().pid();
        Set<Long> found = new LinkedHashSet<>();
        rows.stream().filter(row -> row.pid() != self && root.test(row)).forEach(row -> found.add(row.pid()));
        boolean grew = !found.isEmpty();
        while (grew) {
            grew = false;
            for (Row row : rows) {
                grew |= row.pid() != self && found.contains(row.parent()) && found.add(row.pid());
            }
        }
        return found;
    }

    /** The value of a variable in the environment that a process was started with; empty where it cannot be read. */
    static String variable(long pid, String name) {
        try {
            byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
            // A byte is a character here, so that a value in any encoding passes through.
            for (String entry : new String(environment, StandardCharsets.ISO_8859_1).split("\0", -1)) {
                if (entry.startsWith(name + "=")) {
                    return entry.substring(name.length() + 1);
                }
            }
        } catch (IOException e) {
            // Gone meanwhile, or another user's: not one of ours.
        }
        return "";
    }

    /** The name by which the kernel knows it, fifteen bytes at most; anybody may read it. Empty where it has gone. */
    static String name(long pid) {
        try {
            return Files.readString(PROC.resolve(pid + "/comm"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<Row> fromProc() {
        List<Row> rows = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                Row row = row(folder);
                if (row != null) {
                    rows.add(row);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + PROC, e);
        }
        return rows;
    }

    private static @Nullable Row row(Path folder) {
        String stat;
        try {
            stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
        // "PID (name) state parent group …", where the name may hold spaces and parentheses. The numbers are those of
        // proc_pid_stat(5), less the three fields that come before the first of these.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 23);
        if (fields.length < 23 || fields[0].equals("Z") || fields[0].equals("X")) {
            return null;
        }
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return new Row(
                Long.parseLong(folder.getFileName().toString()),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[19]),
                KernelUnits.OF_THIS_MACHINE.usage(Long.parseLong(fields[21]), ticks));
    }

    private static List<Row> fromPs(String... selection) {
        List<String> command = new ArrayList<>(List.of("ps", "-o", "pid=,ppid=,pgid=,stat="));
        command.addAll(List.of(selection));
        List<Row> rows = new ArrayList<>();
        try {
            Process ps = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var lines = ps.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String[] fields = line.strip().split("\\s+", -1);
                    if (fields.length == 4 && !fields[3].startsWith("Z")) {
                        rows.add(new Row(
                                Long.parseLong(fields[0]),
                                Long.parseLong(fields[1]),
                                Long.parseLong(fields[2]),
                                0,
                                Usage.NOTHING));
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot list the processes with " + command, e);
        }
        return rows;
    }
}
