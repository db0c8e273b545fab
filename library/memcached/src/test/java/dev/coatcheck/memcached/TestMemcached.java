package dev.coatcheck.memcached;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.SharedServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A corner of its own on a real server, and a way past the adapter to what is in it. */
final class TestMemcached implements AutoCloseable {
    /** Longer than by default, since a test machine may be busy. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Set<String> ONE_LINE = Set.of("STORED", "DELETED", "NOT_FOUND", "ERROR");

    private final URI url;
    private final String prefix = UUID.randomUUID() + ":";
    private final Memcached memcached;

    private TestMemcached(String url) {
        this.url = URI.create(url);
        this.memcached = Memcached.attach(url, settings());
    }

    static TestMemcached fresh() {
        requireServer();
        return new TestMemcached(SharedServers.memcached().url());
    }

    /** Nobody but the system packages it. */
    static void requireServer() {
        assumeTrue(MemcachedServer.isInstalled(), () -> "there is no memcached: " + MemcachedServer.installation());
    }

    String url() {
        return url.toString();
    }

    MemcachedSettings settings() {
        return MemcachedSettings.defaults().withPrefix(prefix).withTimeout(PATIENCE);
    }

    Memcached memcached() {
        return memcached;
    }

    /** The lines that the server answers, without the one that says that it was the last. */
    List<String> say(String lines) {
        return say(url, lines);
    }

    static List<String> say(URI url, String lines) {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write((lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            var reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var answer = new ArrayList<String>();
            for (var line = reader.readLine(); line != null && !line.equals("END"); line = reader.readLine()) {
                answer.add(line);
                if (ONE_LINE.contains(line)) {
                    break;
                }
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the server does not answer \"" + lines + "\"", e);
        }
    }

    /** A number among the server's statistics. */
    long statistic(String name) {
        return say("stats").stream()
                .filter(line -> line.startsWith("STAT " + name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    boolean holds(String key) {
        return !say("get " + prefix + key).isEmpty();
    }

    /** The keys in this corner, without its prefix. */
    private List<String> keys() {
        var keys = new ArrayList<String>();
        for (var line : say("lru_crawler metadump all")) {
            if (line.startsWith("key=" + prefix.replace(":", "%3A"))) {
                keys.add(line.substring("key=".length() + prefix.length() + 2, line.indexOf(' '))
                        .replace("%3A", ":"));
            }
        }
        return keys;
    }

    /** Every key and every value in this corner, byte by byte as text. */
    String dump() {
        var dump = new StringBuilder();
        for (var key : keys()) {
            dump.append(key).append('\n');
            say("get " + prefix + key).forEach(line -> dump.append(line).append('\n'));
        }
        return dump.toString();
    }

    void store(String key, byte[] value) {
        say("set " + prefix + key + " 0 0 " + value.length + "\r\n" + new String(value, StandardCharsets.ISO_8859_1));
    }

    void evict(String key) {
        say("delete " + prefix + key);
    }

    @Override
    public void close() {
        memcached.close();
    }
}
