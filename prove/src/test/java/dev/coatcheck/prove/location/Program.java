package dev.coatcheck.prove.location;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A small program that writes one line when it has taken its state in, and then lives until it is closed. */
final class Program implements AutoCloseable {
    private final ProcessGroup group;
    private final BufferedReader output;

    private Program(ProcessGroup group) {
        this.group = group;
        this.output =
                new BufferedReader(new InputStreamReader(group.leader().getInputStream(), StandardCharsets.UTF_8));
    }

    static Program start(String... command) throws IOException {
        return start(environment -> {}, command);
    }

    static Program start(Consumer<Map<String, String>> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectError(Redirect.INHERIT);
        environment.accept(builder.environment());
        Program program = new Program(ProcessGroup.start(builder));
        try {
            program.line();
        } catch (IOException e) {
            program.close();
            throw e;
        }
        return program;
    }

    /** The next line that it writes. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the program ended: " + group.onExit().join());
        }
        return line;
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
