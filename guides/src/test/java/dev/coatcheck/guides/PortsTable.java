package dev.coatcheck.guides;

import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.jobs.JobCapability;
import dev.coatcheck.state.sessions.SessionCapability;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which port is served by what, in Markdown. Nobody keeps it by hand: an attached resource serves the ports that it gives
 * out, and promises what its adapters declare, which is what their contract tests.
 *
 * @param resources what can be attached, a column each
 * @param sealed what the sealed cookie declares of sessions
 */
record PortsTable(List<Resource> resources, Set<SessionCapability> sealed) {

    /**
     * An attached resource.
     *
     * @param type by whose methods it gives out ports
     * @param sessions what its adapter of sessions declares, where it has one
     * @param cache what its adapter of caches declares, where it has one
     * @param jobs what its adapter of jobs declares, where it has one
     * @param blobs what its adapter of blobs declares, where it has one
     */
    record Resource(
            String name,
            Class<?> type,
            Optional<Set<SessionCapability>> sessions,
            Optional<Set<CacheCapability>> cache,
            Optional<Set<JobCapability>> jobs,
            Optional<Set<BlobCapability>> blobs) {

        /** What is written in its column, in the row of a port. */
        private String cell(Port port) {
            if (!port.isGivenOutBy(type)) {
                return "";
            }
            return switch (port) {
                case SESSIONS -> yes(SessionCapability.class, sessions);
                case CACHE -> yes(CacheCapability.class, cache);
                case JOBS -> yes(JobCapability.class, jobs);
                case BLOBS -> yes(BlobCapability.class, blobs);
                case LIMITS, LEASES, IDEMPOTENCY, FLAGS, UPLOADS, CHANNELS -> "yes";
            };
        }

        private static <C extends Enum<C>> String yes(Class<C> all, Optional<Set<C>> declared) {
            return "yes" + without(missing(all, declared.orElseThrow()));
        }
    }

    String markdown() {
        var lines = new ArrayList<String>();
        lines.add(row("port", Resource::name, "other"));
        lines.add(row("---", resource -> "---", "---"));
        for (var port : Port.values()) {
            var link = "[" + port.word() + "](#" + port.word() + ")";
            lines.add(row(link, resource -> resource.cell(port), other(port)));
        }
        lines.add("");
        lines.add("Where something is missing:");
        lines.add("");
        missingSomewhere(
                        SessionCapability.class,
                        Stream.concat(
                                resources.stream().flatMap(resource -> resource.sessions().stream()),
                                Stream.of(sealed)))
                .forEach(missing -> lines.add("- sessions without *" + word(missing) + "*: " + means(missing)));
        missingSomewhere(CacheCapability.class, resources.stream().flatMap(resource -> resource.cache().stream()))
                .forEach(missing -> lines.add("- a cache without *" + word(missing) + "*: " + means(missing)));
        missingSomewhere(JobCapability.class, resources.stream().flatMap(resource -> resource.jobs().stream()))
                .forEach(missing -> lines.add("- jobs without *" + word(missing) + "*: " + means(missing)));
        missingSomewhere(BlobCapability.class, resources.stream().flatMap(resource -> resource.blobs().stream()))
                .forEach(missing -> lines.add("- blobs without *" + word(missing) + "*: " + means(missing)));
        return String.join("\n", lines) + "\n";
    }

    private String row(String first, Function<Resource, String> middle, String last) {
        return Stream.of(Stream.of(first), resources.stream().map(middle), Stream.of(last))
                .flatMap(Function.identity())
                .map(cell -> cell.isEmpty() ? " " : " " + cell + " ")
                .collect(Collectors.joining("|", "|", "|"));
    }

    /** What serves a port without anything attached. */
    private String other(Port port) {
        return switch (port) {
            case SESSIONS -> "sealed cookie" + without(missing(SessionCapability.class, sealed));
            case FLAGS -> "any OpenFeature provider";
            case CACHE, LIMITS, LEASES, IDEMPOTENCY, JOBS, BLOBS, UPLOADS, CHANNELS -> "";
        };
    }

    private static String means(SessionCapability missing) {
        return switch (missing) {
            case MERGING ->
                "of two requests at the same time, one keeps its session whole and the other's changes are gone.";
            case ENDING -> "whoever kept a copy goes on after the log-out, until the time-outs.";
            case ROTATION -> "the id from before a log-in still opens the session as it was then.";
            case DEVICES -> "no list of where a user is logged in, and no \"log out everywhere\".";
            case ROOM -> "less room than the 64 KiB of the settings: some 2.8 KiB in a cookie.";
            case KEEPING -> "a session may be gone at any time, and its visitor is logged out.";
        };
    }

    private static String means(CacheCapability missing) {
        return switch (missing) {
            case PUSH -> "no near cache, and who waits for another's load looks every now and then.";
            case ROOM -> "what is too large for the store is not kept: 1 MiB on Memcached.";
        };
    }

    private static String means(JobCapability missing) {
        return switch (missing) {
            case TRANSACTIONS -> "a job is not enqueued in the transaction of what it is about, except by an outbox.";
        };
    }

    private static String means(BlobCapability missing) {
        return switch (missing) {
            case CHECKSUMS ->
                "what was larger than a part has its SHA-256 only where that was announced before it was stored.";
            case SOLE_CREATION -> "of two who store what is to be stored once, at the same moment, the last wins.";
            case OVERLAPPING_WRITES ->
                "of two who store a large one under one key at the same time, the first to finish wins, and the other is told.";
            case SOLE_DELETION -> "of two who delete at the same moment, both are told that there was something.";
            case CONSISTENT_READS -> "who opens a blob while it is replaced may be told of the other one.";
            case ALL_KEYS -> "`a` and `a/b` cannot both be there.";
        };
    }

    private static String without(Set<? extends Enum<?>> missing) {
        return missing.isEmpty()
                ? ""
                : missing.stream().map(PortsTable::word).collect(Collectors.joining(", ", ", without ", ""));
    }

    private static String word(Enum<?> capability) {
        return capability.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static <C extends Enum<C>> Set<C> missing(Class<C> all, Set<C> declared) {
        var missing = EnumSet.allOf(all);
        missing.removeAll(declared);
        return missing;
    }

    private static <C extends Enum<C>> Stream<C> missingSomewhere(Class<C> all, Stream<Set<C>> declared) {
        var everywhere = EnumSet.allOf(all);
        declared.forEach(everywhere::retainAll);
        return missing(all, everywhere).stream();
    }
}
