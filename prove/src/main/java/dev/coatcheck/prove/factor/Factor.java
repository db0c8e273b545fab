package dev.coatcheck.prove.factor;

import java.util.Locale;

/** What a platform expects of an application that it runs as interchangeable processes. {@code docs/factors.md} has a section on each. */
public enum Factor {
    CONFIG(
            "A start without a variable that it needs fails at once.",
            "Read all variables at the start, and end with a message that names those that are missing; a value to fall"
                    + " back on hides a mistake until somebody's data lie in the wrong place. A variable that may be"
                    + " missing is \"required\": false in app.json."),
    SAME_CONFIG(
            "Every instance has the same configuration.",
            "Set these variables once for all instances, outside the command that starts one."),
    PORT(
            "It listens on the TCP port in PORT, and on no other that it insists on.",
            "Listen on process.env.PORT, os.environ[\"PORT\"], System.getenv(\"PORT\"); a second TCP port, as for metrics,"
                    + " needs a variable of its own, or may be any free one."),
    LOGS(
            "Logs go to standard output.",
            "Write log lines to standard output, and leave it to the platform where they go: a file dies with its"
                    + " instance, and fills its disk."),
    OWN_FOLDER(
            "Nothing is written into the application's own folder after the start.",
            "Put what has to stay into a backing service, and what has not into the folder of TMPDIR; the folder itself may"
                    + " be read-only, and is another one after each release."),
    TEMPORARY_FILES(
            "Temporary files are gone after the request.",
            "Delete them in a finally block, or when the response is complete; what many requests leave fills the disk."),
    STOP(
            "SIGTERM ends it in time.",
            "End on SIGTERM: take no more requests, finish those that are under way, and exit. Platforms kill what is still"
                    + " there after some ten or thirty seconds."),
    START(
            "It is ready within seconds.",
            "Move what takes long out of the start: migrations into the process type release, downloads and builds into"
                    + " the build. What starts fast scales and recovers fast.");

    private final String claim;
    private final String remedy;

    Factor(String claim, String remedy) {
        this.claim = claim;
        this.remedy = remedy;
    }

    /** What holds where it is kept, in a sentence. */
    public String claim() {
        return claim;
    }

    /** What is usually done about it. */
    public String remedy() {
        return remedy;
    }

    /** As {@code report.json} has it: {@code own-folder}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its section in the documentation, from the root of the repository: {@code docs/factors.md#own-folder}. */
    public String anchor() {
        return "docs/factors.md#" + word();
    }
}
