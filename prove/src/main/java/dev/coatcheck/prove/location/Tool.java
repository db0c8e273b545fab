package dev.coatcheck.prove.location;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Runs a program of the system to its end, within a limit. */
final class Tool {
    private Tool() {}

    /**
     * What the program wrote, both outputs together, as far as a pipe holds it.
     *
     * @throws IOException if it cannot be started, fails, or is not done in time; what it wrote is in the message
     */
    static String run(List<String> command, Duration limit) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        // Options that are meant for the application must not change a tool.
        List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "NODE_OPTIONS")
                .forEach(builder.environment()::remove);
        String name = command.getFirst();
        try (ProcessGroup group = ProcessGroup.start(builder)) {
            if (!group.leader().waitFor(limit)) {
                throw new IOException(name + " was not done after " + limit.toSeconds() + " s");
            }
            byte[] output = group.leader().getInputStream().readAllBytes();
            String text = new String(output, StandardCharsets.UTF_8).strip();
            if (group.leader().exitValue() != 0) {
                throw new IOException(name + " failed: "
                        + text.lines().reduce((first, last) -> last).orElse("without a word"));
            }
            return text;
        }
    }
}
