package dev.coatcheck.process.config;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.LoggerFactory;

/**
 * Fills a record from environment variables. The component {@code databaseUrl} reads {@code DATABASE_URL}; a component
 * that is itself a record reads with its own name in front, so that {@code size} within {@code pool} reads
 * {@code POOL_SIZE}.
 *
 * <pre>{@code
 * record GalleryConfig(
 *         @Describe("Where the photos are kept.") @Example("postgres://localhost/gallery") URI databaseUrl,
 *         @Default("8080") @Range(min = 0, max = 65535) int port,
 *         @Default("30s") Duration drainTimeout,
 *         Optional<Secret> mailPassword) {}
 *
 * var config = Config.orExit(GalleryConfig.class);
 * }</pre>
 *
 * <p>Types: {@code String}, {@code int}, {@code long}, {@code double}, {@code boolean}, {@link java.time.Duration}
 * ({@code 250ms}, {@code 30s}, {@code 1h30m}, {@code 7d}, or ISO 8601), {@link java.net.URI} (absolute),
 * {@link java.nio.file.Path}, enums (any case, {@code -} for {@code _}), {@link Secret}, a {@code List} of these separated
 * by commas, an {@code Optional} of any of them, and records of them.
 *
 * <p>A variable may be missing where the component is an {@code Optional} or has a {@link Default}. One that is set to the
 * empty text counts as not set. For each {@code NAME}, {@code NAME_FILE} may name a file that holds the value instead
 * (UTF-8, at most 64 KiB, one trailing newline cut), as container platforms hand secrets in, or the file {@code NAME} in
 * {@code $CREDENTIALS_DIRECTORY} may hold it, as systemd does; setting two of them is a problem.
 *
 * <p>The value of a {@link Secret} may refer to where the secret is kept: {@code vault:secret/data/gallery#database-url}, or
 * any other {@link SecretSource} on the class path. What is referred to is read here, all of it at once, within ten seconds,
 * and what cannot be read is a problem like any other. A single secret from a file
 * or by reference follows the changes of both; a list of them stays what it was. A value that begins like a reference and is
 * none has {@code literal:} put in front.
 *
 * <p>What the record's compact constructor refuses with an {@link IllegalArgumentException} is reported as a problem too,
 * with the exception's message. A record that cannot be read at all (a type that is not listed, a default that does not
 * parse) is a bug in the program: an {@code IllegalArgumentException} that says which component.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Config {
    /** The exit status for a configuration that is wrong: {@code EX_CONFIG} of BSD's {@code sysexits.h}. */
    public static final int EXIT_STATUS = 78;

    private final Map<String, String> environment;

    private Config(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Reads from {@code environment}, such as {@link System#getenv()}. */
    public static Config from(Map<String, String> environment) {
        return new Config(environment);
    }

    /**
     * Fills a {@code type} from this process's environment. With any problem it prints all of them to standard error and
     * ends the process with status {@value #EXIT_STATUS}, so call it before anything listens.
     */
    public static <C extends Record> C orExit(Class<C> type) {
        return from(System.getenv()).orExit(type, System.err, System::exit);
    }

    <C extends Record> C orExit(Class<C> type, PrintStream report, IntConsumer exit) {
        try {
            return as(type);
        } catch (ConfigException wrong) {
            report.print(wrong.getMessage());
            report.flush();
            exit.accept(EXIT_STATUS);
            throw wrong;
        }
    }

    /**
     * Fills a {@code type}. A variable that is set, read by nobody and named nearly like one that fell back to its default
     * is logged as a warning.
     *
     * @throws ConfigException with every problem there is
     */
    public <C extends Record> C as(Class<C> type) {
        var root = Group.of(type);
        var problems = new ArrayList<Problem>();
        var variables = new Environment(environment);
        variables.begin(root.settings());
        var filling = new Filling(root, variables, problems::add, Config::warn);
        var filled = filling.fill(root);
        if (filled == null) {
            throw new ConfigException(type, problems);
        }
        return type.cast(filled);
    }

    /**
     * The text of a {@code .env.example} for {@code type}: every variable with its description, what is expected, and an
     * example; those that may be missing are commented out.
     */
    public static String envExample(Class<? extends Record> type) {
        return EnvExample.of(Group.of(type));
    }

    private static void warn(String warning) {
        LoggerFactory.getLogger(Config.class).warn(warning);
    }
}
