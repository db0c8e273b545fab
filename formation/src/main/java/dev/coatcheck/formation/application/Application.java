package dev.coatcheck.formation.application;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is to be run: the process types, how many of each, and what all of them are given.
 *
 * <p>A variable is taken from the environment of the runner, else from {@code .env}, else from the defaults of
 * {@code app.json}: the nearer to the person who starts it, the stronger. So {@code DEBUG=1 coatcheck up} wins over a
 * file, a developer's own {@code .env} over what the repository ships for everyone, and a script that prepares an
 * environment need not know which files exist.
 *
 * @param folder the application's folder, absolute
 * @param types the process types that keep running, in the order of the Procfile
 * @param release what runs once to its end before them
 * @param quantities how many of each of {@code types}
 * @param environment what every process gets; the variables of {@code services} and {@code secrets} are still to be added
 * @param services those to be started, because nothing in the environment says where they are
 * @param secrets names of variables that get a random value, the same at every start
 * @param readinessPath the path that answers 2xx when an instance is ready; where there is none, {@code /} has to answer
 *     below 500
 * @param livenessPath the path that answers 2xx as long as an instance should not be replaced, where one is named
 * @param variables those that the application is known to want, by their names: the ones of {@code app.json}, of
 *     {@code .env} and of its backing services, attached or to be started, but not all else that happens to be in
 *     {@code environment}
 * @param required the variables that {@code app.json} says are required
 * @param build the command that makes a build of the folder, where its files are not one already
 * @param stops how instances are asked to stop, by process types; of the others by SIGTERM
 * @param notes what a person should know, though it hinders nothing
 * @param options what it was read with beside the files
 */
public record Application(
        Path folder,
        List<ProcessType> types,
        Optional<ProcessType> release,
        Map<String, Integer> quantities,
        Map<String, String> environment,
        Set<ServiceKind> services,
        Set<String> secrets,
        Optional<String> readinessPath,
        Optional<String> livenessPath,
        Map<String, Origin> variables,
        Set<String> required,
        Optional<String> build,
        Map<String, StopPolicy> stops,
        List<String> notes,
        ApplicationOptions options) {
    public Application {
        types = List.copyOf(types);
        quantities = Collections.unmodifiableMap(new LinkedHashMap<>(quantities));
        environment = Map.copyOf(environment);
        services = Collections.unmodifiableSet(new LinkedHashSet<>(services));
        secrets = Set.copyOf(secrets);
        variables = Collections.unmodifiableMap(new TreeMap<>(variables));
        required = Set.copyOf(required);
        stops = Map.copyOf(stops);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the files of a folder. Nothing is started or written.
     *
     * @throws InvalidApplicationException with every problem in all the files and options
     */
    public static Application read(Path folder, ApplicationOptions options) {
        return new ApplicationReader(folder.toAbsolutePath().normalize(), options, ApplicationReader.Purpose.START)
                .read();
    }

    /**
     * As {@link #read}, for those who only write down what is to be run: a required variable that is set nowhere is no
     * problem, and has the origin {@link Origin#NOWHERE}.
     */
    public static Application describe(Path folder, ApplicationOptions options) {
        return new ApplicationReader(folder.toAbsolutePath().normalize(), options, ApplicationReader.Purpose.DESCRIBE)
                .read();
    }

    /**
     * What the files hold by now. A quantity that was asked for of a process type which has gone since counts for nothing.
     *
     * @throws InvalidApplicationException as {@link #read}
     */
    public Application readAgain() {
        return new ApplicationReader(folder, options, ApplicationReader.Purpose.CHANGE).read();
    }

    /** The folder's name. */
    public String name() {
        Path name = folder.getFileName();
        return name == null ? "/" : name.toString();
    }

    /** How many instances of a process type. */
    public int quantity(String type) {
        return quantities.getOrDefault(type, 0);
    }

    public StopPolicy stopPolicy(String type) {
        return stops.getOrDefault(type, StopPolicy.DEFAULT);
    }
}
