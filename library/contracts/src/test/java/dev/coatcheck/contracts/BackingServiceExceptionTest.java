package dev.coatcheck.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class BackingServiceExceptionTest {

    @Test
    void what_a_driver_leaves_to_the_cause_of_its_exception_is_said() {
        var driver = new IOException("Unable to connect", new IOException(new ConnectException("Connection refused")));

        assertThat(new BackingServiceException("redis at a:1", "connect", driver))
                .hasMessage("Could not connect on redis at a:1: Unable to connect: "
                        + "java.net.ConnectException: Connection refused")
                .hasCause(driver);
    }

    @Test
    void what_the_driver_has_said_is_not_said_again() {
        var driver = new IOException("Connection refused: a:1", new ConnectException("Connection refused"));

        assertThat(new BackingServiceException("redis at a:1", "connect", driver))
                .hasMessage("Could not connect on redis at a:1: Connection refused: a:1");
    }

    @Test
    void a_cause_without_words_is_named() {
        assertThat(new BackingServiceException("memcached at a:1", "connect", new SocketTimeoutException()))
                .hasMessage("Could not connect on memcached at a:1: SocketTimeoutException");
    }

    @Test
    void a_host_that_nobody_knows_is_said_to_be_one() {
        assertThat(new BackingServiceException("memcached at a:1", "connect", new UnknownHostException("a")))
                .hasMessage("Could not connect on memcached at a:1: unknown host a");
        assertThat(new BackingServiceException("redis at a:1", "connect", new UnknownHostException("nobody knows a")))
                .hasMessage("Could not connect on redis at a:1: nobody knows a");
    }
}
