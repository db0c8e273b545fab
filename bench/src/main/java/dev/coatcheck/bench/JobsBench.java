package dev.coatcheck.bench;

import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs on PostgreSQL beside the queue that people write, on one real server that waits for the disk at each commit: how many
 * are enqueued and done in a second, and how both get on, and grow, over many jobs, alone and beside a transaction
 * that stays open.
 */
final class JobsBench {
    /** What each has. */
    private static final int CONNECTIONS = 10;

    /** How many jobs wait while the queue is used steadily. */
    private static final long BACKLOG = 5L * BenchedQueue.BATCH;

    private static final int SLICES = 10;

    /** After which a queue of which nothing is done any more is taken for broken. */
    private static final Duration STALL = Duration.ofMinutes(1);

    private static final String USAGE =
            "usage: jobs [--jobs N] [--rounds N] [--size N] [--minutes N] [--concurrency N] [--groups N]";

    private final PostgresServer server;
    private final int concurrency;
    private final int groups;
    private int databases;

    private JobsBench(PostgresServer server, int concurrency, int groups) {
        this.server = server;
        this.concurrency = concurrency;
        this.groups = groups;
    }

    /** How a queue has got on: how many jobs in a second, and how large its table is with its indexes. */
    private record Growth(String name, long done, double perSecond, double megabytes) {}

    /** How a queue is made in a database. */
    @FunctionalInterface
    private interface Maker {
        BenchedQueue in(String database) throws SQLException;
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        var options = new HashMap<>(Map.of(
                "--jobs",
                50_000,
                "--rounds",
                5,
                "--size",
                200_000,
                "--minutes",
                10,
                "--concurrency",
                100,
                "--groups",
                0));
        if (!read(arguments, options)) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Path home = Files.createTempDirectory("coatcheck-bench-");
        try (var server = PostgresServer.start(ServerSettings.at(home))) {
            var bench = new JobsBench(
                    server, options.getOrDefault("--concurrency", 0), options.getOrDefault("--groups", 0));
            bench.compareThroughput(options.getOrDefault("--jobs", 0), options.getOrDefault("--rounds", 0));
            bench.compareSizes(
                    options.getOrDefault("--size", 0), Duration.ofMinutes(options.getOrDefault("--minutes", 0)));
        }
    }

    /** Puts what the arguments say in place of what is there; returns whether they can be read. */
    private static boolean read(String[] arguments, Map<String, Integer> options) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length
                    || !arguments[i + 1].matches("\\d{1,9}")
                    || options.replace(arguments[i], Integer.valueOf(arguments[i + 1])) == null) {
                return false;
            }
        }
        return true;
    }

    private List<Maker> queues() {
        return List.of(
                database -> new CoatcheckQueue(server.databaseUrl(database), CONNECTIONS, concurrency, groups),
                database -> new PlainQueue(jdbcUrl(database), CONNECTIONS));
    }

    private String jdbcUrl(String database) {
        return server.databaseUrl(database)
                .replaceFirst("^postgresql://([^:]+):([^@]+)@(.*)$", "jdbc:postgresql://$3?user=$1&password=$2");
    }

    private String freshDatabase() {
        var name = "bench_" + databases++;
        server.createDatabaseIfMissing(name);
        return name;
    }

    private void compareThroughput(int jobs, int rounds) throws SQLException {
        System.out.printf(
                "%n%,d jobs in batches of %,d, %d connections each, the median of %d rounds after one that is not"
                        + " counted%n%-10s %14s %14s %14s %12s%n",
                jobs, BenchedQueue.BATCH, CONNECTIONS, rounds, "", "enqueued/s", "done/s", "both/s", "ours / its");
        var results = new ArrayList<List<double[]>>();
        for (int i = 0; i < queues().size(); i++) {
            results.add(new ArrayList<>());
        }
        var names = new ArrayList<String>();
        for (int round = 0; round <= rounds; round++) {
            for (int i = 0; i < queues().size(); i++) {
                var database = freshDatabase();
                try (var queue = queues().get(i).in(database);
                        var watching = DriverManager.getConnection(jdbcUrl(database))) {
                    var result = measure(queue, watching, jobs);
                    if (round == 0) {
                        names.add(queue.name());
                    } else {
                        results.get(i).add(result);
                    }
                }
            }
        }
        double ours = median(results.getFirst(), 2);
        for (int i = 0; i < names.size(); i++) {
            var each = results.get(i);
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %14.0f %14.0f %14.0f %12.2f%n",
                    names.get(i),
                    median(each, 0),
                    median(each, 1),
                    median(each, 2),
                    ours / median(each, 2));
        }
    }

    /** Enqueued, done, and both, in a second. */
    private static double[] measure(BenchedQueue queue, Connection watching, int jobs) throws SQLException {
        long begun = System.nanoTime();
        for (int i = 0; i < jobs; i += BenchedQueue.BATCH) {
            queue.enqueue();
        }
        long enqueued = System.nanoTime();
        var done = new LongAdder();
        queue.start(done);
        awaitDone(done, jobs);
        // Ours counts a job when it runs: its end may still be on its way.
        awaitEmpty(queue, watching);
        long ended = System.nanoTime();
        return new double[] {
            perSecond(jobs, enqueued - begun), perSecond(jobs, ended - enqueued), perSecond(jobs, ended - begun)
        };
    }

    private static double median(List<double[]> rounds, int column) {
        var sorted =
                rounds.stream().mapToDouble(round -> round[column]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private void compareSizes(int jobs, Duration limit) throws SQLException {
        for (boolean held : new boolean[] {false, true}) {
            var results = new ArrayList<Growth>();
            for (var maker : queues()) {
                results.add(growOver(jobs, limit, maker, held));
            }
            System.out.printf(
                    "%n%s%n%-10s %12s %10s %14s %12s%n",
                    held ? "beside a transaction that stays open" : "alone",
                    "",
                    "done",
                    "done/s",
                    "with indexes",
                    "ours / its");
            for (var each : results) {
                System.out.printf(
                        Locale.ROOT,
                        "%-10s %12d %10.0f %14.1f %12.2f%n",
                        each.name(),
                        each.done(),
                        each.perSecond(),
                        each.megabytes(),
                        results.getFirst().perSecond() / each.perSecond());
            }
        }
    }

    private Growth growOver(int jobs, Duration limit, Maker maker, boolean held) throws SQLException {
        long deadline = System.nanoTime() + limit.toNanos();
        var database = freshDatabase();
        try (var queue = maker.in(database);
                var watching = DriverManager.getConnection(jdbcUrl(database));
                var open = DriverManager.getConnection(jdbcUrl(database))) {
            System.out.printf(
                    "%n%s, %,d jobs, %,d of them waiting, %s%n%12s %10s %12s %14s %14s%n",
                    queue.name(),
                    jobs,
                    BACKLOG,
                    held ? "beside a transaction that stays open" : "alone",
                    "done",
                    "done/s",
                    "table MB",
                    "with indexes",
                    "removed rows");
            if (held) {
                open.setAutoCommit(false);
                open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                open.createStatement().execute("select 1");
            }
            var done = new LongAdder();
            queue.start(done);
            long first = System.nanoTime();
            long added = 0;
            double megabytes = 0;
            for (int slice = 1; slice <= SLICES && System.nanoTime() < deadline; slice++) {
                long begun = System.nanoTime();
                long before = done.sum();
                long until = (long) jobs * slice / SLICES;
                while (done.sum() < until && System.nanoTime() < deadline) {
                    if (added - done.sum() < BACKLOG) {
                        queue.enqueue();
                        added += BenchedQueue.BATCH;
                    } else {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
                double rate = perSecond(done.sum() - before, System.nanoTime() - begun);
                try (var statement = watching.createStatement();
                        var row = statement.executeQuery("""
                                select pg_table_size(relid) / 1e6, pg_total_relation_size(relid) / 1e6, n_dead_tup
                                    from pg_stat_user_tables where relid = '%s'::regclass
                                """.formatted(queue.table()))) {
                    row.next();
                    megabytes = row.getDouble(2);
                    System.out.printf(
                            Locale.ROOT,
                            "%12d %10.0f %12.1f %14.1f %14d%n",
                            done.sum(),
                            rate,
                            row.getDouble(1),
                            megabytes,
                            row.getLong(3));
                }
            }
            return new Growth(queue.name(), done.sum(), perSecond(done.sum(), System.nanoTime() - first), megabytes);
        }
    }

    private static void awaitDone(LongAdder done, long jobs) {
        long last = 0;
        long since = System.nanoTime();
        while (last < jobs) {
            LockSupport.parkNanos(500_000);
            long now = System.nanoTime();
            long sum = done.sum();
            if (sum > last) {
                last = sum;
                since = now;
            } else if (now - since > STALL.toNanos()) {
                throw new IllegalStateException(
                        "of %,d jobs %,d were done, and none for %d s".formatted(jobs, last, STALL.toSeconds()));
            }
        }
    }

    private static void awaitEmpty(BenchedQueue queue, Connection watching) throws SQLException {
        long deadline = System.nanoTime() + STALL.toNanos();
        while (!isEmpty(queue, watching)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("jobs of %s are left that nobody ends".formatted(queue.name()));
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private static boolean isEmpty(BenchedQueue queue, Connection watching) throws SQLException {
        try (var statement = watching.createStatement();
                var row = statement.executeQuery("select from %s limit 1".formatted(queue.table()))) {
            return !row.next();
        }
    }

    private static double perSecond(long count, long nanos) {
        return count * 1e9 / nanos;
    }
}
