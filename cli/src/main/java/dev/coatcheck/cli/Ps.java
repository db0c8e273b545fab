package dev.coatcheck.cli;

import dev.coatcheck.formation.control.InstanceView;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code coatcheck ps}. */
@Command(
        name = "ps",
        description = "Shows the instances of the formation that runs in a folder.",
        footer = {
            "",
            "Examples:",
            "  coatcheck ps",
            "  coatcheck ps -C gallery --json | jq -r '.[] | select(.state != \"ready\") | .name'"
        })
final class Ps implements Callable<Integer> {
    private static final String ROW = "%-14s %-11s %8s %8s %6s %9s %9s %8s %6s%n";

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Option(
            names = "--json",
            description = "As a JSON array of objects with name, type, pid, port, state, since, restarts, release,"
                    + " memory (bytes), cpu (percent of one processor) and address.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<InstanceView> instances = coatcheck.connect().instances();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(instances));
            return 0;
        }
        out.printf(ROW, "NAME", "STATE", "RELEASE", "PID", "PORT", "SINCE", "RESTARTS", "MEMORY", "CPU");
        Instant now = Instant.now();
        for (InstanceView instance : instances) {
            out.printf(
                    ROW,
                    instance.name(),
                    instance.state(),
                    instance.release(),
                    instance.pid() == null ? "-" : instance.pid(),
                    place(instance),
                    inWords(Duration.between(Instant.parse(instance.since()), now)),
                    instance.restarts(),
                    instance.memory() == null ? "-" : instance.memory() / 1_000_000 + " MB",
                    instance.cpu() == null ? "-" : Math.round(instance.cpu()) + " %");
        }
        return 0;
    }

    /** The TCP port alone where the instance is at 127.0.0.1, as nearly all are. */
    private static String place(InstanceView instance) {
        String address = instance.address();
        return address == null || address.startsWith("127.") ? Integer.toString(instance.port()) : address;
    }

    /** In the largest unit that fits: {@code 3 min}. */
    private static String inWords(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " d";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    }
}
