package dev.coatcheck.gallery;

import dev.coatcheck.gallery.accounts.Accounts;
import dev.coatcheck.gallery.accounts.Passwords;
import dev.coatcheck.gallery.accounts.Registration;
import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.photos.Photos;
import dev.coatcheck.gallery.photos.ShownVariants;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Rule;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The one-off commands: each a process of its own, beside the others and on the same attached resources. */
final class Admin {
    private static final int REFUSED = 1;
    private static final int USAGE = 64;

    private Admin() {}

    /** Does one; returns its exit status. */
    static int run(DatabaseConfig config, List<String> words) {
        try (var postgres = Postgres.attach(config.database().url()::revealLatest)) {
            return run(postgres, words.getFirst(), words.subList(1, words.size()));
        }
    }

    private static int run(Postgres postgres, String command, List<String> arguments) {
        try {
            switch (command) {
                case "create-user" -> createUser(postgres, arguments);
                case "set-flag" -> setFlag(postgres, arguments);
                case "replay-dead" -> replayDead(postgres);
                case "replay-job" -> replayJob(postgres, arguments);
                case "list-jobs" -> listJobs(postgres, arguments);
                case "cancel-job" -> cancelJob(postgres, arguments);
                default -> throw new IllegalArgumentException("there is no command " + command);
            }
            return 0;
        } catch (ApiException e) {
            System.err.println(e.getMessage());
            return REFUSED;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println("""
                    usage: admin create-user EMAIL                     the password is asked for on the terminal; where input or
                                                                       output is redirected, a line of input is read: what
                                                                       is typed there can be seen
                           admin set-flag NAME on|off|SHARE%|EMAIL...  for everybody, nobody, a share of all users, or these
                           admin replay-dead                           photos whose last attempt has failed are tried anew
                           admin replay-job ID                         one of them
                           admin list-jobs waiting|running|dead        the first of them, with their ids
                           admin cancel-job ID                         the job is ended, in whatever state; its photo stays without variants""");
            return USAGE;
        }
    }

    private static void createUser(Postgres postgres, List<String> arguments) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("one user at a time");
        }
        try (var passwords = new Passwords()) {
            var accounts = new Accounts(new GalleryDatabase(postgres.dataSource()));
            var email = new Registration(accounts, passwords).register(arguments.getFirst(), password());
            System.out.println(email + " can log in.");
        }
    }

    /** Not an argument, which everybody on the machine could read in the list of processes. */
    private static String password() {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> console.readPassword("Password: "))
                .map(String::new)
                .orElseGet(Admin::lineOfStandardInput);
    }

    private static String lineOfStandardInput() {
        try {
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the password", e);
        }
    }

    private static void setFlag(Postgres postgres, List<String> arguments) {
        if (arguments.size() < 2 || !ShownVariants.flags().contains(arguments.getFirst())) {
            throw new IllegalArgumentException("a flag is one of " + ShownVariants.flags() + ", and for somebody");
        }
        var flag = flag(arguments.getFirst(), arguments.subList(1, arguments.size()));
        try (var flags = postgres.flags(FlagSettings.defaults())) {
            flags.put(flag);
        }
        System.out.println(flag.name() + " is set.");
    }

    private static Flag flag(String name, List<String> forWhom) {
        var off = Flag.of(name, FlagValue.of(false));
        var on = FlagValue.of(true);
        var word = forWhom.getFirst();
        if (forWhom.stream().allMatch(address -> address.contains("@"))) {
            var addresses = forWhom.stream().map(address -> address.toLowerCase(Locale.ROOT));
            return off.with(
                    Rule.where("email", addresses.toArray(String[]::new)).serve(on));
        } else if (forWhom.size() == 1 && word.equals("on")) {
            return Flag.of(name, on);
        } else if (forWhom.size() == 1 && word.equals("off")) {
            return off;
        } else if (forWhom.size() == 1 && word.matches("\\d{1,3}(\\.\\d{1,2})?%")) {
            return off.with(Rule.everybody().serve(on, Double.parseDouble(word.replace("%", ""))));
        }
        throw new IllegalArgumentException("a flag is on, off, on for a share (10%), or on for some addresses");
    }

    private static void replayDead(Postgres postgres) {
        System.out.println(postgres.jobs().replayAll(Photos.QUEUE, Jobs.MAX_PAGE) + " photos are tried anew.");
    }

    private static void replayJob(Postgres postgres, List<String> arguments) {
        System.out.println(
                postgres.jobs().replay(id(arguments))
                        ? "It is tried anew."
                        : "No job with that id has failed for good.");
    }

    private static JobId id(List<String> arguments) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("one job at a time");
        }
        return new JobId(UUID.fromString(arguments.getFirst()));
    }

    private static void listJobs(Postgres postgres, List<String> arguments) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("jobs are listed by one state");
        }
        var state = state(arguments.getFirst());
        for (var job : postgres.jobs().list(Photos.QUEUE, state, Jobs.MAX_PAGE)) {
            System.out.printf(
                    "%s photo %s, enqueued at %s, attempt %d of %d%s%n",
                    job.id(),
                    job.payload(),
                    job.enqueuedAt(),
                    job.attempts(),
                    job.maxAttempts(),
                    job.lastError()
                            .flatMap(error -> error.lines().findFirst())
                            .map(": "::concat)
                            .orElse(""));
        }
    }

    private static JobState state(String name) {
        return Stream.of(JobState.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("a job is waiting, running or dead, and not " + name));
    }

    private static void cancelJob(Postgres postgres, List<String> arguments) {
        System.out.println(postgres.jobs()
                .cancel(id(arguments))
                .map(state -> "The job is cancelled; it was " + state.name().toLowerCase(Locale.ROOT) + ".")
                .orElse("There is no such job."));
    }
}
