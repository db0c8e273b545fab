package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck rollback}. */
@Command(
        name = "rollback",
        description = {
            "Goes back to an earlier release, with its build and its configuration as they were, without building.",
            "Instances are replaced as by 'roll'. What a release did to the data of backing services stays done."
        },
        footer = {"", "Examples:", "  coatcheck rollback", "  coatcheck releases", "  coatcheck rollback 7"})
final class Rollback implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "0..1",
            paramLabel = "N",
            description = "The number of the release; by default the latest before the current one that ran.")
    private @Nullable Integer number;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Rollback(Optional.ofNullable(number)));
    }
}
