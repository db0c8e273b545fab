package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck scale}. */
@Command(
        name = "scale",
        description = {
            "Changes how many instances of a process type run, and waits until they do.",
            "New instances get requests when they are ready. Those that are too many, the highest numbers first, get no more"
                    + " requests, finish what they have, and are asked to stop. If one does not come up, all is as before."
        },
        footer = {
            "",
            "It lasts until the formation is stopped; what 'up' starts with stands in app.json's formation.",
            "",
            "Examples:",
            "  coatcheck scale web=5",
            "  coatcheck scale web=2,worker=0 -C gallery"
        })
final class Scale implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "1..*",
            paramLabel = "TYPE=N",
            split = ",",
            description = "A process type and how many of it; several as 'up --formation' takes them, or one by one.")
    private Map<String, Integer> quantities = Map.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Scale(quantities));
    }
}
