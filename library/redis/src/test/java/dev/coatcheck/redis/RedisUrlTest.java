package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.redis.RedisUrl.Kind;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {

    @ParameterizedTest
    @CsvSource({
        "redis://cache, cache, 6379, 0, false",
        "rediss://app:hunter2@cache:7000/3, cache, 7000, 3, true",
        "valkey://:hunter2@10.0.0.1:7000, 10.0.0.1, 7000, 0, false",
        "valkeys://cache/5, cache, 6379, 5, true"
    })
    void a_server(String url, String host, int port, int database, boolean tls) {
        var parsed = RedisUrl.parse(url);

        assertThat(parsed.kind()).isEqualTo(Kind.SERVER);
        assertThat(parsed.resource()).isEqualTo("redis at " + host + ":" + port + "/" + database);
        var uri = parsed.nodes().get(0);
        assertThat(uri.getHost()).isEqualTo(host);
        assertThat(uri.getPort()).isEqualTo(port);
        assertThat(uri.getDatabase()).isEqualTo(database);
        assertThat(uri.isSsl()).isEqualTo(tls);
        assertThat(uri.isVerifyPeer()).isTrue();
        assertThat(password(uri)).isEqualTo(url.contains("@") ? "hunter2" : "");
    }

    @Test
    void a_cluster_by_some_of_its_nodes() {
        var parsed = RedisUrl.parse("valkeys-cluster://app:hunt%40er2@a:7000,b,10.0.0.3:7002/");

        assertThat(parsed.kind()).isEqualTo(Kind.CLUSTER);
        assertThat(parsed.resource()).isEqualTo("redis cluster at a:7000,b,10.0.0.3:7002");
        assertThat(parsed.nodes()).extracting(RedisURI::getHost).containsExactly("a", "b", "10.0.0.3");
        assertThat(parsed.nodes()).extracting(RedisURI::getPort).containsExactly(7000, 6379, 7002);
        assertThat(parsed.nodes()).allSatisfy(node -> {
            assertThat(node.isSsl()).isTrue();
            assertThat(password(node)).isEqualTo("hunt@er2");
        });
    }

    @Test
    void a_master_by_its_sentinels() {
        var parsed = RedisUrl.parse("rediss-sentinel://:hunter2@a,b:26380/2#main");

        assertThat(parsed.kind()).isEqualTo(Kind.SENTINEL);
        assertThat(parsed.resource()).isEqualTo("redis \"main\" known to the sentinels at a,b:26380");
        var uri = parsed.nodes().get(0);
        assertThat(uri.getSentinelMasterId()).isEqualTo("main");
        assertThat(uri.getSentinels()).extracting(RedisURI::getPort).containsExactly(26379, 26380);
        assertThat(uri.getDatabase()).isEqualTo(2);
        assertThat(uri.isSsl()).isTrue();
        assertThat(password(uri)).isEqualTo("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "redis//app:hunter2@ somewhere",
                "redis://",
                "http://app:hunter2@a",
                "redis://app:hunter2@a:port",
                "redis-cluster://app:hunter2@a,,b",
                "redis-cluster://app:hunter2@a,b/3",
                "redis-sentinel://app:hunter2@a,b/0",
                "redis-sentinel://app:hunter2@a,b/0#",
                "redis-forest://app:hunter2@a",
                "redis-socket:///tmp/hunter2",
                "redis://app:hun@ter2@a"
            })
    void what_is_none_is_refused_without_being_shown(String url) {
        assertThatThrownBy(() -> RedisUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis-cluster://")
                .hasMessageNotContaining("ter2")
                .hasNoCause();
    }

    @Test
    void a_variable_that_is_not_set_is_what_is_wrong() {
        assertThatThrownBy(() -> RedisUrl.parse(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is null, as where its variable is not set; expected");
    }

    private static String password(RedisURI uri) {
        var password = uri.getCredentialsProvider()
                .resolveCredentials()
                .blockOptional()
                .orElseThrow()
                .getPassword();
        return password == null ? "" : new String(password);
    }
}
