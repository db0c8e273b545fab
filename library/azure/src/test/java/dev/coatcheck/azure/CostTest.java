package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each method costs, counted on the wire. */
class CostTest {
    private static final int BLOCK = Containers.SETTINGS.blockBytes();

    private Relay relay;
    private Azure azure;

    @BeforeEach
    void attachThroughTheRelay() {
        relay = Relay.to(AzuriteServer.shared().tcpPort());
        azure = Azure.attach(relay.through(AzuriteServer.shared().freshContainer()), Containers.SETTINGS);
    }

    @AfterEach
    void close() {
        if (relay != null) { // else there is no store here
            azure.close();
            relay.close();
        }
    }

    @Test
    void a_blob_is_stored_in_one_round_trip_and_a_large_one_in_one_for_each_block_and_one() {
        var blobs = azure.blobs();
        costs(1, () -> blobs.put("empty", content(0), PutOptions.defaults()));
        costs(1, () -> blobs.put("small", content(BLOCK - 1), PutOptions.defaults()));
        costs(2, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(1, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(2, () -> blobs.put("one-block", content(BLOCK), PutOptions.defaults()));
        costs(3, () -> blobs.put("large", content(BLOCK + 1), PutOptions.defaults()));
        // The store gives up by itself what was begun.
        costs(
                1,
                () -> blobs.put(
                        "large", content(BLOCK + 2), PutOptions.defaults().withMaxBytes(BLOCK + 1)));
        costs(0, () -> blobs.put("small", content(101), PutOptions.defaults().withMaxBytes(100)));
    }

    @Test
    void a_blob_is_read_in_one_round_trip_and_under_a_condition_in_one_or_two() throws Exception {
        var blobs = azure.blobs();
        blobs.put("large", content(BLOCK + 1), PutOptions.defaults());
        var etag = blobs.stat("large").orElseThrow().etag();
        costs(1, () -> readAll(blobs.read("large", ReadOptions.whole())));
        costs(1, () -> readAll(blobs.read("large", ReadOptions.range(BLOCK - 1, 2))));
        costs(1, () -> blobs.read("none", ReadOptions.whole()));
        costs(1, () -> blobs.read("large", ReadOptions.whole().ifNoneMatch(etag)));
        costs(2, () -> readAll(blobs.read("large", ReadOptions.whole().ifNoneMatch("another"))));
        costs(2, () -> blobs.read("large", ReadOptions.from(BLOCK + 1)));
    }

    @Test
    void to_look_to_list_and_to_delete_is_one_round_trip() throws Exception {
        var blobs = azure.blobs();
        blobs.put("small", content(100), PutOptions.defaults());
        costs(1, () -> blobs.stat("small"));
        costs(1, () -> blobs.list("", "", 10));
        costs(1, () -> blobs.list("s", "sm", 10));
        costs(0, () -> blobs.list("no key begins so", "", 10));
        costs(0, () -> blobs.list("s", "t", 10));
        costs(1, () -> blobs.delete("small"));
        costs(1, () -> blobs.delete("small"));
        costs(1, azure::ping);
    }

    private interface Action {
        void run() throws Exception;
    }

    private void costs(int trips, Action action) {
        int before = relay.trips();
        try {
            action.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        assertThat(relay.trips() - before).isEqualTo(trips);
    }

    private static void readAll(ReadResult result) throws Exception {
        try (var found = (Found) result) {
            found.content().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static InputStream content(int size) {
        return new ByteArrayInputStream(new byte[size]);
    }
}
