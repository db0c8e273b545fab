package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Exists;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is asked again, and what only where the store has surely done nothing. */
class RepetitionTest {
    @RegisterExtension
    final StandIn store = new StandIn();

    @Test
    void a_request_that_a_busy_store_turns_away_is_made_again_even_if_it_must_not_be_done_twice() throws IOException {
        store.answer(503, "ServerBusy", "").answer(429, "", "").answer(202, "", "");
        assertThat(store.azure().blobs().delete("a")).isTrue();
        assertThat(store.asked()).containsExactly("DELETE", "DELETE", "DELETE");

        store.answer(404, "BlobNotFound", "").answer(503, "ServerBusy", "").answer(201, "", "");
        var content = new ByteArrayInputStream(new byte[1]);
        assertThat(store.azure().blobs().put("a", content, PutOptions.defaults().onlyIfAbsent()))
                .isInstanceOf(Stored.class);
    }

    @Test
    void a_request_that_must_not_be_done_twice_is_made_once_where_the_store_may_have_done_it() {
        for (int status : new int[] {500, 503}) {
            store.asked().clear();
            store.answer(status, "OperationTimedOut", "");

            assertThatThrownBy(() -> store.azure().blobs().delete("a"))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining(status + " OperationTimedOut");

            assertThat(store.asked()).containsExactly("DELETE");
        }
    }

    @Test
    void a_blob_that_took_the_place_of_one_without_such_a_byte_is_read() throws IOException {
        store.answer(416, "InvalidRange", "")
                .answer(200, Map.of("Content-Length", "5"), "")
                .answer(206, Map.of("Content-Range", "bytes 4-4/5"), "d");

        try (var found = (Found) store.azure().blobs().read("a", ReadOptions.from(4))) {
            assertThat(found.blob().size()).isEqualTo(5);
            assertThat(found.content().readAllBytes()).isEqualTo(new byte[] {'d'});
        }
        assertThat(store.asked()).containsExactly("GET", "HEAD", "GET");
    }

    @Test
    void who_lost_his_blocks_to_a_blob_that_came_first_is_told_that_there_is_one() throws IOException {
        var first = PutOptions.defaults().onlyIfAbsent();
        var large = new byte[AzureSettings.defaults().blockBytes()];
        store.answer(404, "BlobNotFound", "")
                .answer(201, "", "")
                .answer(400, "InvalidBlockList", "")
                .answer(200, "", "");
        assertThat(store.azure().blobs().put("a", new ByteArrayInputStream(large), first))
                .isInstanceOf(Exists.class);

        store.answer(404, "BlobNotFound", "")
                .answer(201, "", "")
                .answer(400, "InvalidBlockList", "")
                .answer(404, "BlobNotFound", "");
        assertThatThrownBy(() -> store.azure().blobs().put("a", new ByteArrayInputStream(large), first))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("another stored or deleted a blob under this key meanwhile");
    }

    @Test
    void a_store_that_stays_busy_is_given_up() {
        store.answer(503, "ServerBusy", "").answer(503, "ServerBusy", "").answer(503, "ServerBusy", "");

        assertThatThrownBy(() -> store.azure().blobs().delete("a"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("503 ServerBusy");

        assertThat(store.asked()).hasSize(3);
    }
}
