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

/** {@code coatcheck restart}. */
@Command(
        name = "restart",
        description = {
            "Replaces instances by new ones of the same release, one after the other, without losing a request.",
            "Each keeps running until its successor is ready; if that does not come up, it stays."
        },
        footer = {
            "",
            "Examples:",
            "  coatcheck restart",
            "  coatcheck restart web.2",
            "  coatcheck restart worker -C gallery"
        })
final class Restart implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "0..1",
            paramLabel = "INSTANCE|TYPE",
            description = "One instance, as web.2, or all of a process type, as web; by default every instance.")
    private @Nullable String which;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Restart(Optional.ofNullable(which)));
    }
}
