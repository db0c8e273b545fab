package dev.coatcheck.host.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * A command that leads a session and a process group of its own, with everything that it starts: signalled as a whole,
 * ended as a whole, and never outliving this JVM, grandchildren in sessions of their own included, even when the JVM is
 * killed with SIGKILL.
 *
 * <p>The process id of the leader is the id of the group. Own session means: no controlling terminal, and Ctrl-C in the
 * terminal reaches this JVM alone. The group counts as empty when no process lives that is in it, that descends from one
 * in it, or that carries its {@link OwnerMark}; where there is no {@code /proc} (macOS) one that left the group and lost
 * its parent is not found.
 *
 * <pre>{@code
 * try (ProcessGroup group = ProcessGroup.start(new ProcessBuilder("npm", "start").directory(app))) {
 *     group.signal(Signal.TERM);
 *     group.awaitEmpty(Duration.ofSeconds(30));
 * } // what is left is killed here
 * }</pre>
 *
 * <p>Thread-safe. Close every group, also one whose leader has exited: the leader may have left others behind.
 */
public final class ProcessGroup implements AutoCloseable {
    /** What a kill needs on a busy machine at most; a process in an uninterruptible system call can take longer. */
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    /** What is suspended, by a user or a debugger, takes a signal only once it goes on. */
    private static final String SEND = "kill -s \"$@\"; sent=$?; shift; kill -s CONT \"$@\"; exit $sent";

    private static final Duration SESSION_LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Process leader;
    private final Instant startedAt;
    private final OwnerMark mark;

    /** In ticks since boot. What is older cannot have inherited the mark, which is dear to read for a whole machine. */
    private final long born;

    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    /** Once it was seen empty it stays so: its id may soon be that of a process which is none of ours. */
    private volatile boolean ended;

    private ProcessGroup(Process leader, OwnerMark mark) {
        this.leader = leader;
        this.startedAt = Instant.now();
        this.mark = mark;
        this.born = ProcessTable.HAS_PROC ? born(leader) : 0;
        // Not leader.onExit(): that completes in the common pool, which has one thread on two processors, and may be
        // busy with what others do.
        Thread.ofPlatform().name("exit-" + leader.pid()).daemon().start(this::awaitExit);
    }

    /** 0 where it has ended already, and has a number that may be another's at any time. */
    private static long born(Process leader) {
        ProcessTable.Row row = ProcessTable.find(leader.pid());
        if (row == null && leader.isAlive()) {
            // It may be the machine that was out of file descriptors for a moment.
            row = ProcessTable.find(leader.pid());
        }
        return row == null ? 0 : row.started();
    }

    private void awaitExit() {
        try {
            exit.complete(new ExitStatus(leader.waitFor()));
        } catch (InterruptedException e) {
            // Nobody interrupts this thread.
            exit.completeExceptionally(e);
        }
    }

    /**
     * Starts the builder's command as the leader of a new group, with the builder's folder, environment and redirections.
     * The builder itself is not changed and can be used again.
     *
     * @throws IOException if the system cannot start it. A command that does not exist is not one of these: its leader
     *     exits at once with status 127 and says so on standard error
     */
    public static ProcessGroup start(ProcessBuilder builder) throws IOException {
        Guardian guardian = Guardian.OF_THIS_JVM;
        guardian.watch();
        OwnerMark mark = new OwnerMark(OwnerMark.ofThisJvm().token() + "." + COUNTER.incrementAndGet());
        List<String> command = new ArrayList<>(Session.prefix());
        command.addAll(UsualSignals.prefix());
        command.addAll(builder.command());
        ProcessBuilder leading = new ProcessBuilder(command)
                .directory(builder.directory())
                .redirectInput(builder.redirectInput())
                .redirectOutput(builder.redirectOutput())
                .redirectError(builder.redirectError())
                .redirectErrorStream(builder.redirectErrorStream());
        leading.environment().clear();
        leading.environment().putAll(builder.environment());
        // What this JVM carries itself is kept in front: then the owner of the owner finds these processes as well.
        String inherited = System.getenv(OwnerMark.VARIABLE);
        leading.environment()
                .put(OwnerMark.VARIABLE, inherited == null ? mark.token() : inherited + "," + mark.token());
        // From here until the guardian knows the group, the mark alone covers it.
        ProcessGroup group = new ProcessGroup(leading.start(), mark);
        try {
            guardian.guard(new Guardian.Guarded(group.pid(), group.born));
            group.awaitSession();
        } catch (IOException | RuntimeException e) {
            group.close();
            throw e;
        }
        return group;
    }

    /** The process id of the leader, which is the id of the group too. */
    public long pid() {
        return leader.pid();
    }

    /** The leader, for its streams. */
    public Process leader() {
        return leader;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /**
     * Completes when the leader has ended; others of the group may live on. It does so in a thread that belongs to this group
     * alone: what depends on it is done at once, however busy the common pool is. Cancelling it has no effect on the group.
     */
    public CompletableFuture<ExitStatus> onExit() {
        return exit.copy();
    }

    /** Whether the leader lives. */
    public boolean isAlive() {
        return leader.isAlive();
    }

    /** Whether nothing of the group lives. Reads the table of processes: some milliseconds. */
    public boolean isEmpty() {
        if (!ended && ProcessTable.trees(this::isRoot).isEmpty()) {
            end();
        }
        return ended;
    }

    /** Waits until nothing of the group lives, and says whether that came within the limit. */
    public boolean awaitEmpty(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        while (!isEmpty()) {
            if (System.nanoTime() - start >= limit.toNanos()) {
                return false;
            }
            Thread.sleep(PAUSE);
        }
        return true;
    }

    /** The ids of the processes of the group that live, those that left it included. Reads the table of processes. */
    public Set<Long> pids() {
        return ended ? Set.of() : ProcessTable.trees(this::isRoot);
    }

    /**
     * What the processes of the group use now, those that left it for a session of their own included; nothing once it is
     * empty. Reads the table of processes: some milliseconds. Empty where there is no {@code /proc} to tell.
     */
    public Optional<Usage> usage() {
        return Optional.ofNullable(usages(List.of(this)).get(this));
    }

    /** What each of many groups {@linkplain #usage() uses}, for the price of one; an empty map where nothing can tell. */
    public static Map<ProcessGroup, Usage> usages(Collection<ProcessGroup> groups) {
        Map<ProcessGroup, Usage> usages = new HashMap<>();
        if (!ProcessTable.HAS_PROC) {
            return usages;
        }
        List<ProcessTable.Row> rows = ProcessTable.live();
        Map<Long, String> marks = new HashMap<>();
        for (ProcessGroup group : groups) {
            Set<Long> members = ProcessTable.trees(
                    rows, row -> group.isRoot(row, pid -> marks.computeIfAbsent(pid, OwnerMark::carriedBy)));
            usages.put(
                    group,
                    rows.stream()
                            .filter(row -> members.contains(row.pid()))
                            .map(ProcessTable.Row::usage)
                            .reduce(Usage.NOTHING, Usage::plus));
        }
        return usages;
    }

    /**
     * Sends a signal to every process of the group, not to one that left it for a session of its own. What is suspended goes on,
     * to take it.
     *
     * @return whether there was any that could be signalled
     * @throws IOException if the system could not run the shell that sends it
     */
    public boolean signal(Signal signal) throws IOException {
        return send(signal, List.of());
    }

    /**
     * {@linkplain #signal Sends} a signal to every process of the group and to those that left it. Not for a server that uses signals among its
     * own processes, as PostgreSQL does.
     *
     * @return whether all could be signalled
     * @throws IOException if the system could not run the shell that sends it
     */
    public boolean signalAll(Signal signal) throws IOException {
        List<Long> outside = ProcessTable.trees(this::isRoot).stream()
                .filter(pid -> {
                    ProcessTable.Row row = ProcessTable.find(pid);
                    return row != null && row.group() != pid();
                })
                .toList();
        return send(signal, outside);
    }

    private boolean send(Signal signal, List<Long> others) throws IOException {
        boolean taken = ended || isTaken();
        if (taken && others.isEmpty()) {
            return false;
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", SEND, "kill", signal.name(), "--"));
        if (!taken) {
            command.add("-" + pid());
        }
        others.forEach(pid -> command.add(Long.toString(pid)));
        Process kill = new ProcessBuilder(command)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        Patience.await(KILL_LIMIT, Duration.ofMillis(1), () -> !kill.isAlive());
        return !kill.isAlive() && kill.exitValue() == 0;
    }

    /**
     * Kills with SIGKILL until the group is empty, for ten seconds at most. An interrupt does not stop it.
     *
     * @return whether the group is empty
     */
    public boolean kill() {
        if (!ended && Extinction.of(this::isRoot, KILL_LIMIT)) {
            // Reaped by now or about to be: afterwards its exit status is known.
            Patience.await(KILL_LIMIT, Duration.ofMillis(1), () -> !leader.isAlive());
            end();
        }
        return ended;
    }

    private void end() {
        ended = true;
        Guardian.OF_THIS_JVM.release(new Guardian.Guarded(pid(), born));
    }

    /** {@link #kill() Kills} what is left. */
    @Override
    public void close() {
        kill();
    }

    private boolean isRoot(ProcessTable.Row row) {
        return isRoot(row, OwnerMark::carriedBy);
    }

    /** @param marks what a process carries, asked only where nothing simpler tells */
    private boolean isRoot(ProcessTable.Row row, LongFunction<String> marks) {
        return !ended
                && ((row.pid() == pid() && leader.isAlive())
                        || (row.group() == pid() && !isTaken())
                        || (row.started() >= born && mark.isAmong(marks.apply(row.pid()))));
    }

    /**
     * Whether the system has given the leader's number to another process since, and with it the number of the group: of a group
     * that nobody has looked at since it ended, on a machine that starts hundreds of processes a second, it does so in minutes.
     */
    private boolean isTaken() {
        // As long as this JVM has not taken the leader's exit status, the system gives its number to nobody.
        return !leader.isAlive() && ProcessTable.find(pid()) != null;
    }

    /** Before the leader has made its session there is no group that could be signalled. */
    private void awaitSession() throws IOException {
        Predicate<ProcessTable.Row> leads = row -> row.group() == row.pid();
        boolean settled = Patience.await(SESSION_LIMIT, Duration.ofMillis(1), () -> {
            ProcessTable.Row row = ProcessTable.find(pid());
            return row == null || leads.test(row);
        });
        if (!settled) {
            throw new IOException("process " + pid() + " did not become the leader of a session within "
                    + SESSION_LIMIT.toSeconds() + " s");
        }
    }
}
