package dev.coatcheck.cli.doctor;

import dev.coatcheck.cli.doctor.Resource.Answer;
import dev.coatcheck.formation.application.ResourceUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a Memcached for its statistics: one round trip. */
final class MemcachedProbe {
    private static final int MOST_LINES = 1_000;

    private MemcachedProbe() {}

    static Answer ask(ResourceUrl url, Duration limit) throws IOException {
        int millis = Math.toIntExact(limit.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(url.host(), url.tcpPort()), millis);
            socket.setSoTimeout(millis);
            Instant before = Instant.now();
            socket.getOutputStream().write("stats\r\n".getBytes(StandardCharsets.US_ASCII));
            Map<String, String> stats = stats(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
            Instant after = Instant.now();
            String evictions = stats.getOrDefault("evictions", "0");
            String mebibytes = Long.toString(Long.parseLong(stats.getOrDefault("limit_maxbytes", "0")) >> 20);
            // It tells whole seconds, rounded down.
            Instant theirs = Instant.ofEpochSecond(Long.parseLong(stats.getOrDefault("time", "0")))
                    .plusMillis(500);
            return new Answer(
                    stats.getOrDefault("version", ""),
                    List.of(
                            Finding.ok("reachable", "reachable", "answers"),
                            Finding.ok(
                                    "eviction",
                                    "eviction",
                                    mebibytes + " MiB, " + evictions
                                            + " evicted so far; it forgets all when it restarts"),
                            ClockDifference.of(before, theirs, after, Duration.ofMillis(1_500))));
        }
    }

    private static Map<String, String> stats(BufferedReader in) throws IOException {
        Map<String, String> stats = new HashMap<>();
        for (int i = 0; i < MOST_LINES; i++) {
            String line = in.readLine();
            if (line == null || line.equals("END")) {
                return stats;
            }
            String[] words = line.split(" ", 3);
            if (words.length < 3 || !words[0].equals("STAT")) {
                break;
            }
            stats.put(words[1], words[2]);
        }
        throw new ProtocolException("it does not speak Memcached's protocol");
    }
}
