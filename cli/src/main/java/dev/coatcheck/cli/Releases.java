package dev.coatcheck.cli;

import dev.coatcheck.formation.control.ReleaseView;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code coatcheck releases}. */
@Command(
        name = "releases",
        description =
                "Lists the releases of the formation that runs in a folder: when each was made, what became of it, and"
                        + " what is different from the one before. Of variables it tells the names, never the values.",
        footer = {
            "",
            "Examples:",
            "  coatcheck releases",
            "  coatcheck releases --json | jq -r '.[] | select(.state == \"current\") | .number'"
        })
final class Releases implements Callable<Integer> {
    private static final String ROW = "%7s  %-19s  %-10s  %-12s  %s%n";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Option(
            names = "--json",
            description = "As a JSON array of objects with number, created, state, build, kept and changes.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<ReleaseView> releases = coatcheck.connect().releases();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(releases));
            return 0;
        }
        out.printf(ROW, "RELEASE", "MADE", "STATE", "BUILD", "CHANGES");
        for (ReleaseView release : releases) {
            List<String> changes = release.changes().isEmpty() ? List.of("-") : release.changes();
            out.printf(
                    ROW,
                    release.number(),
                    TIME.format(Instant.parse(release.created())),
                    release.state(),
                    release.kept() ? release.build() : "(deleted)",
                    changes.getFirst());
            changes.stream().skip(1).forEach(change -> out.printf(ROW, "", "", "", "", change));
        }
        return 0;
    }
}
