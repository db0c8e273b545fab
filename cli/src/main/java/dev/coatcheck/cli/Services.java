package dev.coatcheck.cli;

import dev.coatcheck.formation.control.ServiceView;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code coatcheck services}. */
@Command(
        name = "services",
        description =
                "Lists the backing services that run with the formation in a folder, with what tells a process where"
                        + " they are, passwords included: they are for development, and listen on this machine alone.",
        footer = {
            "",
            "Examples:",
            "  coatcheck services",
            "  psql \"$(coatcheck services --json | jq -r '.[] | .variables.DATABASE_URL // empty')\""
        })
final class Services implements Callable<Integer> {
    private static final String ROW = "%-12s  %-10s  %s%n";

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Option(names = "--json", description = "As a JSON array of objects with name, version and variables.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<ServiceView> services = coatcheck.connect().services();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(services));
            return 0;
        }
        out.printf(ROW, "SERVICE", "VERSION", "VARIABLES");
        for (ServiceView service : services) {
            String name = service.name();
            String version = service.version();
            for (var variable : service.variables().entrySet()) {
                out.printf(ROW, name, version, variable.getKey() + "=" + variable.getValue());
                name = "";
                version = "";
            }
        }
        return 0;
    }
}
