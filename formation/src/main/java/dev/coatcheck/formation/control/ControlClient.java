package dev.coatcheck.formation.control;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.host.process.ProcessEnd;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Speaks with the formation that runs in an application's folder. One connection for each request; every method fails with
 * a {@link FormationException} if no formation runs there, or it says no.
 *
 * <pre>{@code
 * ControlClient formation = ControlClient.of(Path.of("gallery"));
 * formation.instances().forEach(System.out::println);
 * formation.change(new Request.Scale(Map.of("web", 5)), System.out::println);
 * }</pre>
 */
public final class ControlClient {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    /** Without a word: one that is at work has one twice a minute, however long a build or a release takes. */
    private static final Duration CHANGE_LIMIT = Duration.ofMinutes(30);

    /** For a runner that has stopped everything to be gone. */
    private static final Duration END_LIMIT = Duration.ofSeconds(15);

    private final Path application;
    private final Path workspace;

    /** What is done in the environment that the formation lends. */
    public interface OneOffStart {
        int run(Path folder, Map<String, String> environment) throws IOException, InterruptedException;
    }

    private ControlClient(Path application, Path workspace) {
        this.application = application;
        this.workspace = workspace;
    }

    public static ControlClient of(Path application) {
        Path absolute = application.toAbsolutePath().normalize();
        return new ControlClient(absolute, absolute.resolve(".coatcheck"));
    }

    /** The instances as they are now. */
    public List<InstanceView> instances() {
        return only(new Request.Ps(), Answer.Instances.class).instances();
    }

    /** The backing services that run with it. */
    public List<ServiceView> services() {
        return only(new Request.Services(), Answer.Services.class).services();
    }

    /** The releases that are kept, the earliest first. */
    public List<ReleaseView> releases() {
        return only(new Request.Releases(), Answer.Releases.class).releases();
    }

    /** What the router has done and is doing, in the text format of Prometheus; ends with a line feed. */
    public String metrics() {
        return only(new Request.Metrics(), Answer.Text.class).text();
    }

    /**
     * Has a change made, and waits until it is made or undone. Ending this program meanwhile undoes it. A formation that is
     * stopped has ended when this returns, the process of its runner included.
     *
     * @param progress is told what is being done
     * @return what was done, in words
     */
    public String change(Request.Change change, Consumer<String> progress) {
        AtomicReference<Optional<ProcessHandle>> runner = new AtomicReference<>(Optional.empty());
        String done;
        try {
            done = converse(change, CHANGE_LIMIT, answer -> {
                if (answer instanceof Answer.Progress told) {
                    progress.accept(told.message());
                } else if (answer instanceof Answer.Runner told) {
                    runner.set(ProcessHandle.of(told.pid()));
                }
            });
        } catch (EOFException e) {
            // A formation that has ended takes its end of the socket with it, perhaps before its last answer.
            if (runner.get().isEmpty()) {
                throw new FormationException("the formation in " + application + " has ended meanwhile", e);
            }
            done = "stopped";
        }
        runner.get().ifPresent(this::awaitEnd);
        return done;
    }

    private void awaitEnd(ProcessHandle runner) {
        if (!runner.equals(ProcessHandle.current()) && !ProcessEnd.await(runner, END_LIMIT)) {
            throw new FormationException("the formation in " + application + " was stopped, but its runner (process "
                    + runner.pid() + ") has not ended within " + END_LIMIT.toSeconds() + " s; 'kill -KILL "
                    + runner.pid() + "' ends it and whatever it may have left");
        }
    }

    /**
     * Shows events until all that were asked for have come; where they are followed, until the formation ends.
     *
     * @param text may take its time, as a pager does. What is not followed has all come before the first of it is shown, and so
     *     does not change any more, whatever becomes of the formation
     */
    public void logs(Request.Logs logs, Consumer<String> text) {
        List<String> whole = new ArrayList<>();
        Consumer<String> receiver = logs.follow() ? text : whole::add;
        try {
            converse(logs, logs.follow() ? Duration.ZERO : ANSWER_LIMIT, answer -> {
                if (answer instanceof Answer.Text shown) {
                    receiver.accept(shown.text());
                }
            });
        } catch (EOFException e) {
            // The formation has ended, and its log with it.
        }
        whole.forEach(text);
    }

    /**
     * Borrows the environment of the current release for a process that this program starts.
     *
     * @param words the command, for the log
     * @param start starts the process, waits for its end, and returns its exit status
     */
    public int run(String words, OneOffStart start) throws IOException, InterruptedException {
        try (Wire wire = connect()) {
            wire.send(new Request.Run(words));
            return switch (wire.receive(Answer.class)) {
                case Answer.OneOff oneOff -> start.run(Path.of(oneOff.folder()), oneOff.environment());
                case Answer.Failed failed -> throw new FormationException(failed.message());
                case Answer.Text _,
                        Answer.Progress _,
                        Answer.Instances _,
                        Answer.Services _,
                        Answer.Releases _,
                        Answer.Runner _,
                        Answer.Done _ ->
                    throw new FormationException("the formation in " + application + " lends no environment");
            };
        }
    }

    private <A extends Answer> A only(Request request, Class<A> type) {
        List<A> answers = new ArrayList<>();
        try {
            converse(request, ANSWER_LIMIT, answer -> {
                if (type.isInstance(answer)) {
                    answers.add(type.cast(answer));
                }
            });
        } catch (EOFException e) {
            throw new FormationException("the formation in " + application + " has ended meanwhile", e);
        }
        return answers.getFirst();
    }

    /**
     * Asks, and hands on all answers but the last.
     *
     * @param limit how long the formation may say nothing; zero for as long as it likes
     * @return what the last one says
     * @throws EOFException if the formation ends meanwhile
     */
    private String converse(Request request, Duration limit, Consumer<Answer> answers) throws EOFException {
        AtomicBoolean late = new AtomicBoolean();
        try (Wire wire = connect()) {
            wire.send(request);
            while (true) {
                Answer answer = receive(wire, limit, late);
                switch (answer) {
                    case Answer.Done done -> {
                        return done.message();
                    }
                    case Answer.Failed failed -> throw new FormationException(failed.message());
                    case Answer.Text _,
                            Answer.Progress _,
                            Answer.Instances _,
                            Answer.Services _,
                            Answer.Releases _,
                            Answer.Runner _,
                            Answer.OneOff _ -> answers.accept(answer);
                }
            }
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            throw new FormationException(
                    "the formation in " + application + " did not answer"
                            + (late.get() ? " within " + limit.toSeconds() + " s" : ": " + e.getMessage()),
                    e);
        }
    }

    private static Answer receive(Wire wire, Duration limit, AtomicBoolean late) throws IOException {
        if (limit.isZero()) {
            return wire.receive(Answer.class);
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        var _ = answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).whenComplete((_, failure) -> {
            if (failure instanceof TimeoutException) {
                late.set(true);
                wire.hangUp();
            }
        });
        try {
            Answer received = wire.receive(Answer.class);
            answer.complete(received);
            return received;
        } catch (IOException e) {
            answer.completeExceptionally(e);
            throw e;
        }
    }

    private Wire connect() {
        try {
            return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.find(workspace))));
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(workspace) && !Files.isExecutable(workspace)) {
                throw new FormationException("only its owner may control the formation in " + application, e);
            }
            throw new FormationException(
                    "no formation runs in " + application + "; 'coatcheck up " + application
                            + "' starts one, and -C names another folder",
                    e);
        }
    }
}
