package dev.coatcheck.cli.doctor;

import dev.coatcheck.cli.doctor.Resource.Answer;
import dev.coatcheck.formation.application.ResourceUrl;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a Redis, or what speaks like one, how it keeps what it is given: five round trips. */
final class RedisProbe {
    private RedisProbe() {}

    static Answer ask(ResourceUrl url, Duration limit) throws IOException {
        try (RespConnection redis = RespConnection.open(url, limit)) {
            Map<String, String> info = info(redis);
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok("reachable", "reachable", "answers"));
            findings.add(eviction(info));
            findings.add(persistence(info, snapshots(redis)));
            findings.add(role(info));
            findings.add(clock(redis));
            String valkey = info.getOrDefault("valkey_version", "");
            return new Answer(valkey.isEmpty() ? info.getOrDefault("redis_version", "") : valkey, findings);
        }
    }

    private static Map<String, String> info(RespConnection redis) throws IOException {
        Map<String, String> info = new HashMap<>();
        for (String text : redis.ask(List.of("INFO"))) {
            text.lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    info.put(line.substring(0, colon), line.substring(colon + 1).strip());
                }
            });
        }
        return info;
    }

    private static final String EVICT_NOTHING =
            "CONFIG SET maxmemory-policy noeviction, and give caches a Redis of their own";

    private static Finding eviction(Map<String, String> info) {
        String id = "eviction";
        String policy = info.getOrDefault("maxmemory_policy", "unknown");
        String maximum = info.getOrDefault("maxmemory", "0");
        boolean limited = !maximum.equals("0");
        String detail = "maxmemory-policy " + policy + ", maxmemory "
                + (limited ? info.getOrDefault("maxmemory_human", maximum) : "0 (no limit)");
        if (policy.startsWith("allkeys-")) {
            return Finding.weaker(
                    id,
                    id,
                    detail,
                    (limited ? "when memory is full" : "once a limit is set and reached")
                            + " it drops whatever key it likes: people are logged out, waiting jobs and counted limits vanish,"
                            + " and nobody gets an error",
                    EVICT_NOTHING);
        }
        if (limited && policy.startsWith("volatile-")) {
            return Finding.weaker(
                    id,
                    id,
                    detail,
                    "when memory is full it drops what has an expiry before its time: sessions, leases and kept answers"
                            + " do, so people are logged out",
                    EVICT_NOTHING);
        }
        return Finding.ok(id, id, detail);
    }

    /** What {@code save} says; empty where this user may not ask, as with most providers. */
    private static String snapshots(RespConnection redis) throws IOException {
        try {
            List<String> setting = redis.ask(List.of("CONFIG", "GET", "save"));
            return setting.size() < 2 ? "" : setting.get(1);
        } catch (RespConnection.RefusedException e) {
            return "";
        }
    }

    private static Finding persistence(Map<String, String> info, String save) {
        String id = "persistence";
        String remedy = "CONFIG SET appendonly yes, and write it into its configuration";
        if (info.getOrDefault("aof_enabled", "0").equals("1")) {
            return Finding.ok(id, id, "append-only file");
        }
        if (!save.isEmpty()) {
            return Finding.weaker(
                    id,
                    id,
                    "snapshots alone (save " + save + ")",
                    "a crash loses what was written since the last one",
                    remedy);
        }
        return Finding.weaker(
                id,
                id,
                "no append-only file, and no snapshots that this user may see",
                "a restart may lose everything: sessions, jobs, limits",
                remedy);
    }

    private static Finding role(Map<String, String> info) {
        String id = "role";
        String role = info.getOrDefault("role", "unknown");
        if (role.equals("slave")) {
            return Finding.weaker(
                    id,
                    id,
                    "a replica of " + info.getOrDefault("master_host", "?") + ":"
                            + info.getOrDefault("master_port", "?"),
                    "it refuses writes, and answers with what was true a moment ago",
                    "attach its primary");
        }
        String replicas = info.getOrDefault("connected_slaves", "0");
        return Finding.ok(
                id,
                id,
                (role.equals("master") ? "primary" : role) + " with " + replicas
                        + (replicas.equals("1") ? " replica" : " replicas"));
    }

    private static Finding clock(RespConnection redis) throws IOException {
        Instant before = Instant.now();
        List<String> time = redis.ask(List.of("TIME"));
        Instant after = Instant.now();
        Instant theirs = Instant.ofEpochSecond(Long.parseLong(time.get(0)), Long.parseLong(time.get(1)) * 1_000);
        return ClockDifference.of(before, theirs, after, Duration.ofMillis(1));
    }
}
