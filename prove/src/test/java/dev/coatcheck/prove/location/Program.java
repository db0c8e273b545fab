package dev.coatcheck.prove.location;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A small program that writes one line when it has taken its state in, and then lives until it is closed. */
final class Program implements AutoCloseable {
    private final ProcessGroup group;
    private final BufferedReader output;
    private final String firstLine;

    private Program(ProcessGroup group) throws IOException {
        this.group = group;
        output = new BufferedReader(new InputStreamReader(group.leader().getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the program ended: " + group.onExit().join());
        }
        this.firstLine = line;
    }

    static Program start(String... command) throws IOException {
        return start(environment -> {}, command);
    }

    static Program start(Consumer<Map<String, String>> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectError(Redirect.INHERIT);
        environment.accept(builder.environment());
        ProcessGroup group = ProcessGroup.start(builder);
        try {
            return new Program(group);
        } catch (IOException e) {
            group.close();
            throw e;
        }
    }

    /** Gives it a line, and waits until it has written one. */
    void tell(String line) throws IOException {
        OutputStream input = group.leader().getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        if (output.readLine() == null) {
            throw new IOException("the program ended: " + group.onExit().join());
        }
    }

    String firstLine() {
        return firstLine;
    }

    long pid() {
        return group.pid();
    }

    List<Long> pids() {
        return Processes.tree(pid());
    }

    @Override
    public void close() {
        group.close();
    }
}
