package dev.coatcheck.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessGroupTest {
    /** A child in the group, a grandchild, and one that left for a session of its own twice over; each names itself. */
    private static final String FAMILY = """
            sh -c 'echo $$ >child; (echo >/dev/null; sh -c "echo \\$\\$ >grandchild; exec sleep 600") & wait' &
            (setsid setsid sh -c 'echo $$ >runaway; exec sleep 600' &)
            wait
            """;

    /** Of the group by its number alone, as a server that writes its title over its environment. */
    private static final String UNMARKED_CHILD =
            "env -u COATCHECK_OWNER sh -c 'echo $$ >unmarked; exec sleep 600' & exit 0";

    private static final List<String> MEMBERS = List.of("child", "grandchild", "runaway");

    @TempDir
    Path folder;

    @Test
    void the_leader_leads_a_group_of_its_own() throws IOException {
        try (ProcessGroup group = start("exec sleep 600")) {
            assertThat(ProcessTable.find(group.pid()))
                    .isNotNull()
                    .satisfies(row -> assertThat(row.group()).isEqualTo(group.pid()));
        }
    }

    @Test
    void a_signal_reaches_every_process_of_the_group() throws Exception {
        try (ProcessGroup group =
                start("(trap 'echo told >told; exit 0' TERM; echo >ready; sleep 600 & wait) & wait")) {
            awaitFile("ready");
            assertThat(group.signal(Signal.TERM)).isTrue();
            awaitFile("told");
            assertThat(group.awaitEmpty(Duration.ofSeconds(10))).isTrue();
            assertThat(group.onExit().get(10, TimeUnit.SECONDS)).hasToString("ended by SIGTERM");
        }
    }

    @Test
    void what_is_suspended_goes_on_to_take_a_signal() throws Exception {
        assumeTrue(ProcessTable.HAS_PROC, "needs /proc");
        try (ProcessGroup group = start("trap 'exit 7' TERM; echo >ready; while :; do sleep 0.1; done")) {
            awaitFile("ready");
            new ProcessBuilder("kill", "-s", "STOP", Long.toString(group.pid())).start();
            await().atMost(Duration.ofSeconds(10)).until(() -> isSuspended(group.pid()));

            assertThat(group.signal(Signal.TERM)).isTrue();
            assertThat(group.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus(7));
        }
    }

    @Test
    void a_signal_can_reach_those_too_that_left_the_group() throws Exception {
        try (ProcessGroup group = start(FAMILY)) {
            List<Long> family = family();
            assertThat(group.signalAll(Signal.TERM)).isTrue();
            assertThat(group.awaitEmpty(Duration.ofSeconds(10))).isTrue();
            assertThat(family).noneMatch(ProcessGroupTest::isAlive);
        }
    }

    @Test
    void a_kill_leaves_neither_children_nor_one_that_ran_away() throws Exception {
        ProcessGroup group = start(FAMILY);
        List<Long> family = family();
        assertThat(group.kill()).isTrue();
        assertThat(family).noneMatch(ProcessGroupTest::isAlive);
        assertThat(group.onExit().get(10, TimeUnit.SECONDS).signal()).contains(Signal.KILL);
    }

    @Test
    void children_that_outlive_their_leader_are_still_of_the_group() throws Exception {
        try (ProcessGroup group = start("sleep 600 & exit 3")) {
            assertThat(group.onExit().get(10, TimeUnit.SECONDS)).hasToString("exited with status 3");
            assertThat(group.isEmpty()).isFalse();
            assertThat(group.kill()).isTrue();
            assertThat(group.isEmpty()).isTrue();
        }
    }

    @Test
    void nothing_survives_an_owner_that_was_killed() throws Exception {
        Process owner = startOwner(FAMILY);
        List<Long> family = family();
        assertThat(family).allMatch(ProcessGroupTest::isAlive);
        owner.destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).until(() -> family.stream().noneMatch(ProcessGroupTest::isAlive));
    }

    @Test
    void who_has_got_the_number_of_a_group_that_ended_is_left_alone() throws Exception {
        try (ProcessGroup group = start("exit 0")) {
            group.onExit().get(10, TimeUnit.SECONDS);
            Process stranger = strangerWith(group.pid());
            try {
                assertThat(group.signal(Signal.TERM)).isFalse();
                assertThat(group.pids()).isEmpty();
                assertThat(group.kill()).isTrue();
                assertThat(stranger.isAlive()).isTrue();
            } finally {
                stranger.destroyForcibly();
            }
        }
    }

    @Test
    void the_guardian_too_leaves_alone_who_has_got_the_number_of_a_group_that_ended() throws Exception {
        Process owner = startOwner("echo $$ >leader");
        awaitFile("leader");
        List<ProcessHandle> children = owner.toHandle().children().toList();
        long group = Long.parseLong(read("leader").strip());
        await().atMost(Duration.ofSeconds(10)).until(() -> ProcessTable.find(group) == null);
        Process stranger = strangerWith(group);
        try {
            owner.destroyForcibly();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> children.stream().noneMatch(child -> child.pid() != group && isAlive(child.pid())));
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void without_a_mark_too_a_group_is_killed_whose_leader_has_ended() throws Exception {
        try (ProcessGroup group = start(UNMARKED_CHILD)) {
            group.onExit().get(10, TimeUnit.SECONDS);
            long child = unmarked();
            assertThat(group.kill()).isTrue();
            assertThat(isAlive(child)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {UNMARKED_CHILD, "exec env -u COATCHECK_OWNER sh -c 'echo $$ >unmarked; exec sleep 600'"})
    void without_a_mark_too_nothing_survives_an_owner_that_was_killed(String script) throws Exception {
        Process owner = startOwner(script);
        long unmarked = unmarked();
        owner.destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).until(() -> !isAlive(unmarked));
    }

    private long unmarked() {
        awaitFile("unmarked");
        long pid = Long.parseLong(read("unmarked").strip());
        assertThat(OwnerMark.carriedBy(pid)).isEmpty();
        assertThat(isAlive(pid)).isTrue();
        return pid;
    }

    /** A leader of a group of its own to which the system gave this number: it counts on from the last one. */
    private static Process strangerWith(long pid) throws IOException, InterruptedException {
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        assumeTrue(Files.isWritable(last), "the next process id can be chosen on no system that has no " + last);
        // Starts are told in hundredths of a second, and this one has to be another than the leader's.
        long now = System.nanoTime();
        await().until(() -> System.nanoTime() - now > TimeUnit.MILLISECONDS.toNanos(50));
        for (int attempt = 0; attempt < 200; attempt++) {
            Process process;
            try {
                Files.writeString(last, Long.toString(pid - 1));
                process = new ProcessBuilder("setsid", "sleep", "600").start();
            } catch (IOException e) {
                // Writable for everybody, and refused to who has not the right.
                assumeTrue(false, "the next process id cannot be chosen: " + e);
                throw e;
            }
            if (process.pid() == pid) {
                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                Objects.requireNonNull(ProcessTable.find(pid)).group() == pid);
                return process;
            }
            process.destroyForcibly().waitFor();
        }
        assumeTrue(false, "others were quicker each time");
        throw new AssertionError();
    }

    @Test
    void the_guardian_goes_with_its_owner_and_does_not_keep_its_output_open() throws Exception {
        Process owner = startOwner("exec sleep 600");
        List<ProcessHandle> children = owner.toHandle().children().toList();
        assertThat(children).as("the guardian and the leader of the group").hasSize(2);
        assertThat(children)
                .anySatisfy(guardian -> assertThat(List.of("fd/1", "fd/2"))
                        .map(output -> Path.of("/proc", Long.toString(guardian.pid()), output)
                                .toRealPath())
                        .containsOnly(Path.of("/dev/null")));
        owner.destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).until(() -> children.stream().noneMatch(child -> isAlive(child.pid())));
    }

    @Test
    void a_killed_guardian_is_replaced_by_the_next_start() throws Exception {
        try (ProcessGroup first = start("exec sleep 600")) {
            ProcessHandle guardian = guardian().orElseThrow();
            guardian.destroyForcibly();
            await().atMost(Duration.ofSeconds(30)).until(() -> !guardian.isAlive());
            try (ProcessGroup second = start("exec sleep 600")) {
                assertThat(guardian()).get().isNotEqualTo(guardian);
                assertThat(ProcessHandle.current().children().map(ProcessHandle::pid))
                        .contains(first.pid(), second.pid());
            }
        }
    }

    private static Optional<ProcessHandle> guardian() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("coatcheck-guardian"))
                .findFirst();
    }

    @Test
    void the_next_start_ends_by_its_mark_what_an_owner_left() throws Exception {
        ProcessBuilder left = new ProcessBuilder("sh", "-c", FAMILY).directory(folder.toFile());
        OwnerMark mark = new OwnerMark("0123456789abcdef0123456789abcdef");
        left.environment().put(OwnerMark.VARIABLE, mark.token() + ".7");
        left.start();
        List<Long> family = family();
        assertThat(mark.killAll(Duration.ofSeconds(30))).isTrue();
        assertThat(family).noneMatch(ProcessGroupTest::isAlive);
    }

    @Test
    void a_command_that_does_not_exist_exits_with_127() throws Exception {
        try (ProcessGroup group = ProcessGroup.start(new ProcessBuilder("/nowhere/to-be-found"))) {
            assertThat(group.onExit().get(10, TimeUnit.SECONDS).code()).isEqualTo(127);
            assertThat(new String(group.leader().getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("/nowhere/to-be-found");
        }
    }

    @Test
    void a_child_gets_the_environment_of_its_builder_and_no_open_file_of_the_owner() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "echo $GREETING; ls /proc/self/fd | sort -n | tail -n 2");
        builder.environment().put("GREETING", "hello");
        try (ProcessGroup group = ProcessGroup.start(builder)) {
            String output = new String(group.leader().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // 3 is the folder that ls itself has open.
            assertThat(output).isEqualTo("hello\n2\n3\n");
        }
    }

    @Test
    void an_exit_is_noticed_while_the_common_pool_is_busy() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism() + 1; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                try {
                    enough.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        try (ProcessGroup group = ProcessGroup.start(new ProcessBuilder("sh", "-c", "exit 3"))) {
            CompletableFuture<Integer> noticed = group.onExit().thenApply(ExitStatus::code);
            assertThat(noticed.get(10, TimeUnit.SECONDS)).isEqualTo(3);
        } finally {
            enough.countDown();
        }
    }

    @Test
    void the_usage_of_a_group_counts_its_children_and_those_that_left_it_and_no_other_group() throws Exception {
        // Some 30 MB in a variable of a shell in a session of its own, and the time that its child took to double a
        // file.
        String hungry = """
                (setsid setsid sh -c '
                    held=$(head -c 30000000 /dev/zero | tr "\\0" x)
                    i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done
                    echo >sated; sleep 600; echo $held' &)
                wait
                """;
        try (ProcessGroup eater = start(hungry);
                ProcessGroup sleeper = start("exec sleep 600")) {
            awaitFile("sated");
            Map<ProcessGroup, Usage> usages = ProcessGroup.usages(List.of(eater, sleeper));
            assertThat(usages).containsOnlyKeys(eater, sleeper);
            assertThat(usages.get(eater)).satisfies(usage -> {
                assertThat(usage.residentBytes()).isBetween(30_000_000L, 200_000_000L);
                assertThat(usage.cpuTime()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(30));
            });
            assertThat(usages.get(sleeper)).satisfies(usage -> {
                assertThat(usage.residentBytes()).isBetween(100_000L, 10_000_000L);
                assertThat(usage.cpuTime()).isLessThan(Duration.ofMillis(500));
            });
            eater.kill();
            assertThat(eater.usage()).contains(new Usage(0, Duration.ZERO));
        }
    }

    @Test
    void an_interrupt_is_heard_although_the_owner_was_started_in_the_background() throws Exception {
        List<String> inTheBackground = List.of("sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh");
        Process owner = startOwner(
                inTheBackground, "trap 'echo told >told; exit 0' INT; echo $$ >ready; while :; do sleep 0.1; done");
        try {
            awaitFile("ready");
            new ProcessBuilder("kill", "-s", "INT", read("ready").strip()).start();
            awaitFile("told");
        } finally {
            owner.destroyForcibly().waitFor();
        }
    }

    private ProcessGroup start(String script) throws IOException {
        return ProcessGroup.start(new ProcessBuilder("sh", "-c", script).directory(folder.toFile()));
    }

    private Process startOwner(String script) throws IOException {
        return startOwner(List.of(), script);
    }

    private Process startOwner(List<String> prefix, String script) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(Java.command(Owner.class, script, folder.toString()));
        Process owner = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(owner.inputReader().readLine()).matches("[0-9]+");
        return owner;
    }

    private List<Long> family() {
        MEMBERS.forEach(this::awaitFile);
        return MEMBERS.stream().map(name -> Long.valueOf(read(name).strip())).toList();
    }

    private void awaitFile(String name) {
        await().atMost(Duration.ofSeconds(60)).until(() -> read(name).endsWith("\n"));
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isSuspended(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") T ");
    }

    private static boolean isAlive(long pid) {
        return ProcessTable.find(pid) != null;
    }
}
