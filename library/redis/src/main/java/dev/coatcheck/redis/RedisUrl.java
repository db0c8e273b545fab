package dev.coatcheck.redis;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, and of which kind.
 *
 * @param nodes the server; or the one URI that names all sentinels; or some nodes of the cluster, to ask for the others
 * @param resource for messages, without credentials
 */
record RedisUrl(Kind kind, List<RedisURI> nodes, String resource) {
    enum Kind {
        SERVER,
        SENTINEL,
        CLUSTER
    }

    private static final String HOST = "(?:\\[[0-9A-Fa-f:.]+]|[^@/#?,:\\[\\]]+)(?::\\d{1,5})?";
    private static final Pattern URL = Pattern.compile("(?:redis|valkey)(?<tls>s?)(?<kind>|-sentinel|-cluster)://"
            + "(?<user>[^@/]*@)?(?<hosts>" + HOST + "(?:," + HOST + ")*)(?<rest>|[/#?][^@]*)");
    private static final Pattern WHOLE_CLUSTER = Pattern.compile("/?0?");

    /** @throws IllegalArgumentException where it is none; neither message nor cause shows it */
    static RedisUrl parse(@Nullable String url) {
        if (url == null) {
            throw refused("it is null, as where its variable is not set");
        }
        var matcher = URL.matcher(url);
        if (matcher.matches()) {
            var scheme = "redis" + matcher.group("tls");
            var user = matcher.group("user") == null ? "" : matcher.group("user");
            var hosts = matcher.group("hosts");
            var rest = matcher.group("rest");
            try {
                switch (matcher.group("kind")) {
                    case "-sentinel" -> {
                        return sentinel(RedisURI.create(scheme + "-sentinel://" + user + hosts + rest), hosts);
                    }
                    case "-cluster" -> {
                        if (WHOLE_CLUSTER.matcher(rest).matches()) {
                            return cluster(scheme + "://" + user, hosts);
                        }
                    }
                    default -> {
                        return server(RedisURI.create(scheme + "://" + user + hosts + rest));
                    }
                }
            } catch (RuntimeException e) {
                // Its message may quote the URL, and with it the password.
            }
        }
        throw refused("it does not read as one");
    }

    private static IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException("not the URL of a Redis: " + reason + "; expected"
                + " redis://[[user]:password@]host[:port][/database],"
                + " redis-sentinel://[[user]:password@]host[:port][,host[:port]...][/database]#master or"
                + " redis-cluster://[[user]:password@]host[:port][,host[:port]...]"
                + " (special characters in a password are percent-encoded); rediss for TLS, valkey for redis");
    }

    /** What it says of who logs in: the same for all nodes. */
    RedisCredentialsProvider login() {
        return nodes.get(0).getCredentialsProvider();
    }

    static RedisUrl server(RedisURI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("no host");
        }
        return new RedisUrl(
                Kind.SERVER, List.of(uri), "redis at " + uri.getHost() + ":" + uri.getPort() + "/" + uri.getDatabase());
    }

    private static RedisUrl sentinel(RedisURI uri, String hosts) {
        if (uri.getSentinelMasterId() == null || uri.getSentinelMasterId().isEmpty()) {
            throw new IllegalArgumentException("no master");
        }
        return new RedisUrl(
                Kind.SENTINEL,
                List.of(uri),
                "redis \"" + uri.getSentinelMasterId() + "\" known to the sentinels at " + hosts);
    }

    private static RedisUrl cluster(String start, String hosts) {
        var nodes = Arrays.stream(hosts.split(",", -1))
                .map(host -> server(RedisURI.create(start + host)).nodes.get(0))
                .collect(Collectors.toUnmodifiableList());
        return new RedisUrl(Kind.CLUSTER, nodes, "redis cluster at " + hosts);
    }
}
