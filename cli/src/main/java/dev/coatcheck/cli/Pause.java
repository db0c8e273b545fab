package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck pause}. */
@Command(
        name = "pause",
        description = {
            "Holds new requests until 'resume', for maintenance that takes a moment; those in flight finish.",
            "Requests that wait for too long, or are too many, get 503 with Retry-After."
        },
        footer = {"", "Examples:", "  coatcheck pause && ./mend-the-data; coatcheck resume"})
final class Pause implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Pause());
    }
}
