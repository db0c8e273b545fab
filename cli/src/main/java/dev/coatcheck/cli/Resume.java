package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck resume}. */
@Command(
        name = "resume",
        description = "Lets the requests that 'pause' has held go on, and all that come after.",
        footer = {"", "Examples:", "  coatcheck resume", "  coatcheck resume -C gallery"})
final class Resume implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Resume());
    }
}
