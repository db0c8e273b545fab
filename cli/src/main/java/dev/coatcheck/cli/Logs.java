package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck logs}. */
@Command(
        name = "logs",
        description =
                "Shows what happened in the formation that runs in a folder: its life, requests, and what its processes"
                        + " wrote. The formation remembers the latest 2,000 events.",
        footer = {
            "",
            "Examples:",
            "  coatcheck logs",
            "  coatcheck logs -f web worker.1",
            "  coatcheck logs -n 2000 --log json | jq -r 'select(.event == \"access\" and .status >= 500) | .path'"
        })
final class Logs implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "0..*",
            paramLabel = "INSTANCE|TYPE",
            description = "Only of these: instances, as web.2, or process types, as web.")
    private List<String> types = List.of();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what happens, until Ctrl-C or the end of the formation.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "NUMBER",
            description = "How many of the latest events to begin with; 100 by default.")
    private int latest = 100;

    @Option(
            names = "--log",
            paramLabel = "pretty|json",
            description =
                    "Lines for people, or one JSON object a line. By default for people on a terminal, else JSON.")
    private @Nullable LogFormat format;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        LogFormat chosen = LogFormat.orDefault(format);
        Request.Logs logs =
                new Request.Logs(follow, Math.max(0, latest), types, chosen == LogFormat.JSON, chosen.isColoured());
        coatcheck.connect().logs(logs, text -> {
            out.print(text);
            out.flush();
            // The writer above does not hear of what the stream below it meets.
            if (out.checkError() || System.out.checkError()) {
                // As the end of "| head" does.
                System.exit(0);
            }
        });
        return 0;
    }
}
