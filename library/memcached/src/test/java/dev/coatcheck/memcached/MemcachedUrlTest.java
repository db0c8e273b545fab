package dev.coatcheck.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemcachedUrlTest {

    @Test
    void a_variable_that_is_not_set_is_what_is_wrong() {
        assertThatThrownBy(() -> Memcached.parse(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is null, as where its variable is not set; expected");
    }

    @Test
    void what_is_none_is_refused_without_being_shown() {
        assertThatThrownBy(() -> Memcached.parse("memcached://app:hunter2@cache"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .extracting(Throwable::getMessage)
                .satisfies(message -> assertThat(message).doesNotContain("hunter2"));
    }
}
