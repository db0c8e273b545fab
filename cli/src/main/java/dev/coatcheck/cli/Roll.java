package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck roll}. */
@Command(
        name = "roll",
        description = {
            "Makes the next release of what the folder, .env and app.json hold now, and replaces every instance by one of"
                    + " it, without losing a request.",
            "The process type 'release' runs first. Then, one by one: a new instance starts, gets requests when it is ready,"
                    + " and the old one finishes what it has and stops. If the release fails or a new instance does not"
                    + " come up, what ran before runs again. Ctrl-C goes back too."
        },
        footer = {"", "Examples:", "  coatcheck roll", "  git pull && coatcheck roll -C gallery"})
final class Roll implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Asking.change(coatcheck, spec, new Request.Roll());
    }
}
