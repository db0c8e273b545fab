package dev.coatcheck.cli;

import dev.coatcheck.formation.control.Request;
import picocli.CommandLine.Model.CommandSpec;

/** A command that has the running formation changed: it shows what is being done, and what was done in the end. */
final class Asking {
    private Asking() {}

    /** Progress goes to standard error, so that a script may leave it out; failure is told by an exception. */
    static int change(Coatcheck coatcheck, CommandSpec spec, Request.Change change) {
        var err = spec.commandLine().getErr();
        String done = coatcheck.connect().change(change, progress -> {
            progress.lines().forEach(line -> err.println("  " + line));
            err.flush();
        });
        spec.commandLine().getOut().println(done);
        return 0;
    }
}
