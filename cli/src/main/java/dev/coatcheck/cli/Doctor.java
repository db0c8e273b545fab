package dev.coatcheck.cli;

import dev.coatcheck.cli.doctor.Examination;
import dev.coatcheck.cli.doctor.Finding;
import dev.coatcheck.cli.doctor.Resource;
import dev.coatcheck.cli.doctor.State;
import dev.coatcheck.prove.report.Columns;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code coatcheck doctor}. */
@Command(
        name = "doctor",
        description = {
            "Tells what this machine gives to 'up' and 'prove', what is weaker for what it lacks, and how to get it; and how"
                    + " the backing services are that the application in a folder is attached to by URLs, in its .env, its"
                    + " app.json or the environment.",
            "Nothing is started, and nothing is changed. Passwords are not shown."
        },
        footer = {
            "",
            "Exit status: 0 when nothing is missing that 'up' and 'prove' need, 1 otherwise.",
            "",
            "Examples:",
            "  coatcheck doctor",
            "  coatcheck doctor gallery",
            "  REDIS_URL=redis://cache.example.org coatcheck doctor --json"
        })
final class Doctor implements Callable<Integer> {
    /** A column narrower than that is no longer read with ease, and may as well go over the edge. */
    private static final int NARROWEST = 30;

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    @Option(names = "--json", description = "As one JSON object; docs/doctor.md has its fields.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Path examined = coatcheck.folder().resolve(folder).normalize();
        Examination examination = Examination.of(examined, System.getenv());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(examination));
        } else {
            print(examination, out);
        }
        out.flush();
        return examination.nothingMissing() ? 0 : Coatcheck.FAILED;
    }

    private static void print(Examination examination, PrintWriter out) {
        out.println("This machine");
        print(examination.machine(), out);
        out.println();
        out.println("The application");
        print(List.of(examination.application()), out);
        for (Resource resource : examination.resources()) {
            out.println();
            out.println(resource.variable() + "  " + resource.url()
                    + (resource.answer().version().isEmpty()
                            ? ""
                            : "  (" + resource.service() + " "
                                    + resource.answer().version() + ")"));
            print(resource.answer().findings(), out);
        }
        out.println();
        long missing = examination.count(State.MISSING);
        long weaker = examination.count(State.WEAKER);
        out.println((missing == 0 ? "Nothing is missing" : missing + " missing") + ", " + weaker
                + " weaker than it could be.");
    }

    private static void print(List<Finding> findings, PrintWriter out) {
        for (Finding finding : findings) {
            line(out, finding.state().word(), finding.subject(), finding.detail());
            if (finding.state() != State.OK) {
                line(out, "", "", "so: " + finding.without());
                line(out, "", "", "do: " + finding.remedy());
            }
        }
    }

    /** On a terminal, wrapped within its last column; elsewhere whole, so that it can be searched. */
    private static void line(PrintWriter out, String state, String subject, String text) {
        String lead = "  %-8s %-24s ".formatted(state, subject);
        int room = Math.max(Terminal.columns() - lead.length(), NARROWEST);
        List<String> lines = Terminal.isStandardOutput() ? Columns.wrapped(text, room) : List.of(text);
        for (String line : lines) {
            out.println(lead + line);
            lead = " ".repeat(lead.length());
        }
    }
}
