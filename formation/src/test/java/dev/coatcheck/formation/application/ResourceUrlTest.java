package dev.coatcheck.formation.application;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceUrlTest {
    @Test
    void a_url_is_taken_apart_and_decoded() {
        ResourceUrl url = ResourceUrl.parse("postgresql://an%6E:p%40s%2Fs+@db.example.org:5433/shop?sslmode=require")
                .orElseThrow();
        assertThat(url)
                .isEqualTo(new ResourceUrl(
                        "postgresql", "ann", "p@s/s+", "db.example.org", 5433, "/shop", "sslmode=require"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "redis://cache redis://cache:6379",
                "rediss://:secret@cache.example.org:6380/2 rediss://cache.example.org:6380/2",
                "redis://[::1]:7000 redis://[::1]:7000",
                "postgres://app:p@ss@one:1,two:2/shop postgres://app@one:1/shop",
                "jdbc:postgresql://my_host/shop?password=secret postgresql://my_host:5432/shop",
                "mongodb://app:secret@one,two/shop mongodb://app@one:27017/shop"
            })
    void it_is_shown_without_its_password(String url, String shown) {
        assertThat(ResourceUrl.parse(url)).hasToString("Optional[" + shown + "]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://app:se/cret@host", "redis://app:12/34@host", "redis://host:70000", "redis://"})
    void what_cannot_be_read_is_still_seen_to_be_meant(String url) {
        assertThat(ResourceUrl.parse(url)).isEmpty();
        assertThat(ResourceUrl.isMeant(url)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org", "production", "", "file:///tmp/x", "redis"})
    void what_is_no_backing_service_is_none(String value) {
        assertThat(ResourceUrl.parse(value)).isEmpty();
        assertThat(ResourceUrl.isMeant(value)).isFalse();
    }
}
