package dev.coatcheck.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck stop}. */
@Command(
        name = "stop",
        description = {
            "Stops the formation that runs in a folder, and waits until it has ended.",
            "Requests in flight finish, processes get SIGTERM and 30 seconds, backing services end last; their data stays."
        },
        footer = {"", "Examples:", "  coatcheck stop", "  coatcheck stop -C gallery"})
final class Stop implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        coatcheck.connect().stop();
        spec.commandLine().getOut().println("stopped " + coatcheck.folder());
        return 0;
    }
}
