package dev.coatcheck.prove.check;

import java.util.Locale;

/**
 * What kind of place the state of a leak was left in, or what kind of thing went wrong with it. {@code docs/causes.md} has
 * a section on each.
 */
public enum Cause {
    MEMORY(
            "State is kept in the memory of one process.",
            "Keep it in a backing service that every process is attached to: Redis, Memcached, the database. In Java,"
                    + " Coatcheck's sessions port puts HttpSession there without a change of the code; in any other"
                    + " language, the session store of your framework for Redis or SQL."),
    LOCAL_FILE(
            "State is kept in a file on the disk of one process.",
            "Put the file into an object store or the database, and only its key into the answer. In Java, Coatcheck's"
                    + " blobs port streams it there; in any other language, an S3 client. A temporary file is fine"
                    + " within one request. SQLite is such a file too: use a database server; and so are sessions in"
                    + " files: use the session store of your framework for Redis or SQL."),
    CACHED_FILE(
            "A file is read once, when a process starts, and changed later by a request.",
            "What requests may change belongs into a backing service and is read from there when it is needed, or"
                    + " after a change was announced; a file is for what changes with a release only."),
    PROCESS_SECRET(
            "Each process makes a secret of its own at its start, and only it can read what it signed or encrypted.",
            "Give every process the same secret through its environment (SESSION_SECRET, SECRET_KEY, …), refuse to"
                    + " start without it, and never fall back on a random one."),
    STALE_CACHE(
            "A process goes on answering from its own copy after another one has changed the original.",
            "Keep the cached copy in a store that all processes share (Redis, Memcached) and remove it with the write,"
                    + " or announce each change to every process; or give it an age that your users can live with, and accept"
                    + " the leak with --baseline."),
    COUNTER(
            "Each process counts for itself, so that a limit is multiplied by the number of processes, and a number that"
                    + " is shown is that of one process.",
            "Count in a backing service, in one atomic step: INCR in Redis, SET n = n + 1 in SQL. A limit, in Java, with"
                    + " Coatcheck's limits port, which decides in one round trip to Redis or PostgreSQL; in any other"
                    + " language, with a rate limiter that has a Redis store."),
    REVOCATION(
            "What was revoked in one process is still accepted by others.",
            "Where each process caches sessions, tokens or rights, drop that cache, or empty it in every process with"
                    + " each log-out. Keep what is valid, or what no longer is, in a backing service and look there at each request. In Java,"
                    + " Coatcheck's sessions port can revoke one session or all of a user's; a signed token alone"
                    + " cannot be revoked, so make it short-lived and check a list."),
    ID_COLLISION(
            "Two processes give out the same id for two different things.",
            "Let the database number things (a sequence, an identity column), or use random or time-ordered UUIDs;"
                    + " never a counter, or the clock alone, in the process."),
    SOCKET_REGISTRY(
            "Who is connected is known only to the process that holds the socket.",
            "Publish each message through a backing service (Redis pub/sub, PostgreSQL NOTIFY) that every process"
                    + " listens to, and let each pass it on to its own sockets."),
    LOST_JOB(
            "Work that was accepted waits in the memory of a process, and is lost with it.",
            "Put the job into a durable queue before the answer is given, and let a worker take it under a lease. In"
                    + " Java, Coatcheck's jobs port does that in PostgreSQL, within your own transaction, or in Redis;"
                    + " in any other language, a job queue on Redis or the database."),
    LOST_WRITE(
            "A request is answered as done before its data is stored, so a crash loses it.",
            "Answer only after the backing service has confirmed the write: await it, commit first. What may take"
                    + " longer is a job in a durable queue, in Java with Coatcheck's jobs port, answered with 202."),
    UNKNOWN(
            "State is kept in a process, and what kind of place it is in could not be told.",
            "Look at what the first request leaves behind (fields, files, sockets, threads) and at what the second one"
                    + " reads; the evidence says what was tried. Move it into a backing service that every"
                    + " process is attached to.");

    private final String sentence;
    private final String remedy;

    Cause(String sentence, String remedy) {
        this.sentence = sentence;
        this.remedy = remedy;
    }

    /** What it is, in one plain sentence. */
    public String sentence() {
        return sentence;
    }

    /** What is usually done about it. */
    public String remedy() {
        return remedy;
    }

    /** The same for a program that is not in Java: without the ports that are for Java alone. */
    public String remedyOutsideJava() {
        return switch (this) {
            case MEMORY ->
                "Keep it in a backing service that every process is attached to: Redis, Memcached, the database. For"
                        + " sessions, use the session store of your framework for Redis or SQL.";
            case LOCAL_FILE ->
                "Put the file into an object store (with an S3 client) or the database, and only its key into the"
                        + " answer. A temporary file is fine within one request. SQLite is such a file too: use a"
                        + " database server; and so are sessions in files: use the session store of your framework"
                        + " for Redis or SQL.";
            case COUNTER ->
                "Count in a backing service, in one atomic step: INCR in Redis, SET n = n + 1 in SQL. A limit, with a"
                        + " rate limiter that has a Redis store.";
            case REVOCATION ->
                "Where each process caches sessions, tokens or rights, drop that cache, or empty it in every process"
                        + " with each log-out. Keep what is valid, or what no longer is, in a backing service and look"
                        + " there at each request. A signed token alone cannot be revoked, so make it short-lived and"
                        + " check a list.";
            case LOST_JOB ->
                "Put the job into a durable queue before the answer is given (a job queue on Redis or the database),"
                        + " and let a worker take it under a lease.";
            case LOST_WRITE ->
                "Answer only after the backing service has confirmed the write: await it, commit first. What may take"
                        + " longer is a job in a durable queue, answered with 202.";
            case CACHED_FILE, PROCESS_SECRET, STALE_CACHE, ID_COLLISION, SOCKET_REGISTRY, UNKNOWN -> remedy;
        };
    }

    /** As {@code report.json} has it: {@code process-secret}. Also the anchor of its section in {@code docs/causes.md}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its section in the documentation, from the root of the repository: {@code docs/causes.md#process-secret}. */
    public String anchor() {
        return "docs/causes.md#" + word();
    }
}
