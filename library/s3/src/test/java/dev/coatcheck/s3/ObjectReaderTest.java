package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ObjectReaderTest {
    @Test
    void a_store_that_ignores_ranges_is_refused_rather_than_read_from_another_byte() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var content = "0123456789".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().add("ETag", "\"a\"");
            exchange.getResponseHeaders().add("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        try (var s3 =
                S3.attach("http://key:secret@127.0.0.1:" + server.getAddress().getPort() + "/bucket")) {
            var blobs = s3.blobs();

            assertThatThrownBy(() -> blobs.read("a", ReadOptions.range(2, 3)))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("range");
            try (var found = (Found) blobs.read("a", ReadOptions.whole())) {
                assertThat(found.content().readAllBytes()).hasSize(10);
            }
        } finally {
            server.stop(0);
        }
    }
}
