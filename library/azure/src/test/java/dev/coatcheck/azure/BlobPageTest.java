package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Listed;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Lists as Azure writes them and its emulator does not, from a stand-in that says what it is told. */
class BlobPageTest {
    private static final String HEAD = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>"
            + "<EnumerationResults ServiceEndpoint=\"https://ada1.blob.core.windows.net/\" ContainerName=\"photos\"><Blobs>";

    @RegisterExtension
    final StandIn store = new StandIn();

    @Test
    void a_list_goes_on_where_the_store_says_in_words_of_its_own() {
        store.answer(200, "", HEAD + blob("a") + "</Blobs><NextMarker>2!72!MDAwMDA0</NextMarker></EnumerationResults>");
        store.answer(200, "", HEAD + blob("b") + blob("c") + "</Blobs><NextMarker /></EnumerationResults>");

        assertThat(store.azure().blobs().list("", "", 10))
                .containsExactly(
                        new Listed("a", 5, "0x8D", Instant.parse("2026-11-02T08:00:00Z")),
                        new Listed("b", 5, "0x8D", Instant.parse("2026-11-02T08:00:00Z")),
                        new Listed("c", 5, "0x8D", Instant.parse("2026-11-02T08:00:00Z")));
        assertThat(store.asked()).hasSize(2);
        assertThat(store.asked().get(1)).contains("marker=2%2172%21MDAwMDA0");
    }

    @Test
    void a_list_is_begun_at_a_key_by_a_store_that_can_and_cut_where_it_cannot() {
        store.answer(200, "", HEAD + blob("b") + blob("c") + "</Blobs><NextMarker>x</NextMarker></EnumerationResults>");
        store.answer(200, "", HEAD + blob("a") + blob("b") + "</Blobs><NextMarker>x</NextMarker></EnumerationResults>");
        store.answer(200, "", HEAD + blob("c") + blob("d") + "</Blobs><NextMarker>y</NextMarker></EnumerationResults>");

        assertThat(store.azure().blobs().list("", "b", 1))
                .extracting(Listed::key)
                .containsExactly("c");
        assertThat(store.azure().blobs().list("", "b", 1))
                .extracting(Listed::key)
                .containsExactly("c");
        assertThat(store.asked().getFirst()).contains("startFrom=b").contains("maxresults=2");
        assertThat(store.asked().getLast()).contains("marker=x").contains("maxresults=1000");
    }

    @Test
    void what_others_put_there_under_names_that_are_no_keys_is_no_blob() {
        store.answer(
                200,
                "",
                HEAD
                        + "<Blob><Name Encoded=\"true\">%EF%BF%BE</Name>" + properties("5")
                        + "<Blob><Name>a b</Name>" + properties("5")
                        + blob("c")
                        + "</Blobs><NextMarker /></EnumerationResults>");

        assertThat(store.azure().blobs().list("", "", 10))
                .extracting(Listed::key)
                .containsExactly("c");
    }

    @Test
    void what_is_no_list_is_trouble_of_the_store() {
        for (int i = 0; i < 3; i++) {
            store.answer(200, "", "<html>welcome to the hotel</html");
        }
        assertThatThrownBy(() -> store.azure().blobs().list("", "", 10))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("a list that cannot be read");
        for (int i = 0; i < 3; i++) {
            store.answer(200, "", HEAD + "<Blob><Name>a</Name>" + properties("many") + "</Blobs></EnumerationResults>");
        }
        assertThatThrownBy(() -> store.azure().blobs().list("", "", 10)).isInstanceOf(BackingServiceException.class);
    }

    private static String blob(String name) {
        return "<Blob><Name>" + name + "</Name>" + properties("5");
    }

    private static String properties(String length) {
        return "<Properties><Creation-Time>Mon, 02 Nov 2026 07:00:00 GMT</Creation-Time>"
                + "<Last-Modified>Mon, 02 Nov 2026 08:00:00 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>"
                + length
                + "</Content-Length><Content-Type>text/plain</Content-Type></Properties><OrMetadata /></Blob>";
    }
}
