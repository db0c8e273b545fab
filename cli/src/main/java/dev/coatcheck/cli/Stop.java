package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
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
            "A change that is under way ends where it is. Requests in flight finish; web processes are asked to stop first,"
                    + " then the others, with SIGTERM and 40 seconds where app.json says nothing else; backing services"
                    + " end last, and their data stays."
        },
        footer = {"", "Examples:", "  coatcheck stop", "  coatcheck stop -C gallery"})
final class Stop implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Stop());
    }
}
