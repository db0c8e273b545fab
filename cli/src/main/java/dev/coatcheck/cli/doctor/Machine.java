package dev.coatcheck.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.coatcheck.cli.doctor.SideBySide.Question;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.PackagedServer;
import dev.coatcheck.prove.isolation.Fact;
import dev.coatcheck.prove.isolation.Isolation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** What this machine and user have for running and proving applications. */
final class Machine {
    /** Layers are made and written to; on a busy machine that takes a second or two. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final long LITTLE_MEMORY = 1L << 30;

    private final Set<ServiceKind> wanted;

    private Machine(Set<ServiceKind> wanted) {
        this.wanted = wanted;
    }

    /** @param wanted backing services that the application wants started here: for those a server has to be there */
    static List<Finding> examine(Set<ServiceKind> wanted) throws InterruptedException {
        Machine machine = new Machine(wanted);
        return SideBySide.ask(
                        List.of(
                                question("jdk", Machine::jdk),
                                question("jcmd", Machine::jcmd),
                                question("processes", Machine::processes),
                                question("proc", Machine::proc),
                                question("process-memory", Machine::processMemory),
                                question("isolation", Machine::isolation),
                                question("resources", Machine::size),
                                question("packaged-servers", machine::packagedServers),
                                question("memcached", machine::memcached)),
                        LIMIT)
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private static Question<List<Finding>> question(String id, Callable<List<Finding>> work) {
        return new Question<>(
                work,
                () -> List.of(Finding.weaker(
                        id,
                        id,
                        "not known within " + LIMIT.toSeconds() + " s",
                        "what depends on it may be as slow",
                        "run it again when the machine is less busy")));
    }

    private static List<Finding> jdk() {
        Path home = Path.of(System.getProperty("java.home"));
        String detail = Runtime.version() + " at " + home;
        return List.of(
                Files.isExecutable(home.resolve("bin/javac"))
                        ? Finding.ok("jdk", "JDK", detail)
                        : Finding.weaker(
                                "jdk",
                                "JDK",
                                detail + ", without javac",
                                "Coatcheck cannot be built with it",
                                "install a JDK 25, not a JRE, and set JAVA_HOME to its folder"));
    }

    private static List<Finding> jcmd() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return List.of(
                Files.isExecutable(jcmd)
                        ? Finding.ok("jcmd", "jcmd", jcmd.toString())
                        : Finding.weaker(
                                "jcmd",
                                "jcmd",
                                "not at " + jcmd,
                                "of a JVM that keeps state the report names the process, not the field",
                                "install a JDK, not a JRE"));
    }

    private static List<Finding> processes() {
        List<Finding> findings = new ArrayList<>();
        SearchPath path = SearchPath.ofThisJvm();
        findings.add(path.find("sh")
                .map(sh -> Finding.ok("shell", "sh", sh.toString()))
                .orElseGet(() -> Finding.missing(
                        "shell", "sh", "not found on the PATH", "no process can be started", "put /bin on the PATH")));
        findings.add(path.find("setsid")
                .or(() -> path.find("perl"))
                .map(program -> Finding.ok("setsid", "setsid", program.toString()))
                .orElseGet(() -> Finding.missing(
                        "setsid",
                        "setsid",
                        "neither setsid nor perl is on the PATH",
                        "no process can be started",
                        "install util-linux")));
        return findings;
    }

    private static List<Finding> proc() {
        return List.of(
                Files.isReadable(Path.of("/proc/self/stat")) && Files.isReadable(Path.of("/proc/net/tcp"))
                        ? Finding.ok("proc", "/proc", "there")
                        : Finding.weaker(
                                "proc",
                                "/proc",
                                "cannot be read",
                                "children that leave their group are not found, nor who listens at another TCP port than"
                                        + " PORT, nor whose memory holds a value",
                                "use Linux with /proc mounted"));
    }

    /** By doing it to a child, as the prover does. */
    private static List<Finding> processMemory() throws IOException {
        String scope = ptraceScope();
        Process child = new ProcessBuilder("sh", "-c", "read line").start();
        try {
            Path memory = Path.of("/proc", Long.toString(child.pid()), "mem");
            // The kernel asks for the right to trace when it is opened.
            try (var _ = Files.newByteChannel(memory)) {
                return List.of(Finding.ok("process-memory", "memory of processes", "can be read" + scope));
            } catch (IOException e) {
                return List.of(
                        Finding.weaker(
                                "process-memory",
                                "memory of processes",
                                "cannot be read" + scope,
                                "where nothing but memory holds a value, the report cannot name the process",
                                "sysctl -w kernel.yama.ptrace_scope=1, or run as root; in a container add --cap-add SYS_PTRACE"));
            }
        } finally {
            child.destroyForcibly();
        }
    }

    private static String ptraceScope() {
        try {
            return " (kernel.yama.ptrace_scope is "
                    + Files.readString(Path.of("/proc/sys/kernel/yama/ptrace_scope"))
                            .strip() + ")";
        } catch (IOException e) {
            return ""; // a kernel without Yama
        }
    }

    private static List<Finding> isolation() {
        Isolation isolation = Isolation.probe();
        Finding whole =
                switch (isolation.mechanism()) {
                    case OVERLAY ->
                        Finding.ok("isolation", "isolation", "a disk of its own for each instance, as root");
                    case USER_OVERLAY ->
                        Finding.ok(
                                "isolation", "isolation", "a disk of its own for each instance, as an ordinary user");
                    case COPY ->
                        Finding.weaker(
                                "isolation",
                                "isolation",
                                "copies of the application's folder",
                                String.join(" ", isolation.weaknesses()),
                                "see the lines that follow");
                };
        return Stream.concat(Stream.of(whole), isolation.facts().stream().map(Machine::finding))
                .toList();
    }

    private static Finding finding(Fact fact) {
        String id = "isolation." + fact.subject().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return fact.available()
                ? Finding.ok(id, fact.subject(), fact.detail())
                : Finding.weaker(id, fact.subject(), fact.detail(), fact.without(), fact.remedy());
    }

    private static List<Finding> size() {
        int cores = Runtime.getRuntime().availableProcessors();
        long available = availableMemory();
        String memory = (available >> 20) + " MiB available";
        return List.of(
                cores > 1
                        ? Finding.ok("cores", "cores", Integer.toString(cores))
                        : Finding.weaker(
                                "cores",
                                "cores",
                                "one",
                                "a proof takes longer, and what only two at the same instant show is not seen",
                                "give this machine or container two"),
                available >= LITTLE_MEMORY
                        ? Finding.ok("memory", "memory", memory)
                        : Finding.weaker(
                                "memory",
                                "memory",
                                memory,
                                "several instances and their disks, which are in memory, may not fit",
                                "end something else, or prove with --instances 2"));
    }

    /** What could be had without swapping, and no more than this container may have. */
    private static long availableMemory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .map(available -> Math.min(available, system.getTotalMemorySize()))
                    .findFirst()
                    .orElse(system.getFreeMemorySize());
        } catch (IOException e) {
            return system.getFreeMemorySize();
        }
    }

    private List<Finding> packagedServers() {
        return PackagedServer.all().stream()
                .map(server -> {
                    ServiceKind kind =
                            switch (server.name()) {
                                case "PostgreSQL" -> ServiceKind.POSTGRESQL;
                                case "Redis" -> ServiceKind.REDIS;
                                default -> ServiceKind.S3;
                            };
                    return server(
                            kind,
                            server.usable(),
                            server.detail(),
                            "attach one that runs elsewhere by setting "
                                    + kind.variables().getFirst());
                })
                .toList();
    }

    private List<Finding> memcached() {
        return List.of(server(
                ServiceKind.MEMCACHED,
                MemcachedServer.isInstalled(),
                MemcachedServer.isInstalled() ? "on the PATH" : "not found on the PATH",
                MemcachedServer.installation()));
    }

    private Finding server(ServiceKind kind, boolean usable, String detail, String remedy) {
        String id = "server." + kind.label();
        String subject = kind.label() + " to start";
        String without = "'--with " + kind.label() + "' starts none";
        if (usable) {
            return Finding.ok(id, subject, detail);
        }
        return wanted.contains(kind)
                ? Finding.missing(id, subject, detail, without + ", and the application asks for it", remedy)
                : Finding.weaker(id, subject, detail, without, remedy);
    }
}
