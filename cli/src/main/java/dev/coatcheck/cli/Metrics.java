package dev.coatcheck.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck metrics}. */
@Command(
        name = "metrics",
        description =
                "Shows what the router of the formation that runs in a folder has done and is doing, in the text format"
                        + " that Prometheus reads. 'up --metrics-port' tells the same over HTTP.",
        footer = {"", "Examples:", "  coatcheck metrics", "  coatcheck metrics -C gallery | grep held"})
final class Metrics implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(coatcheck.connect().metrics());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
