package dev.coatcheck.contracts.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.InMemoryBlobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.ChunkChecksum;
import dev.coatcheck.state.uploads.ChunkChecksum.Algorithm;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client costs from which little comes at a time. */
class DrippingClientTest {
    private static final UploadSettings SETTINGS = UploadSettings.defaults().withLease(Duration.ofMillis(150));
    private static final int DRIPS = 6;

    private final InMemoryUploadStore store =
            new InMemoryUploadStore(new InMemoryBlobs(InstantSource.system()), InstantSource.system());
    private final List<String> asked = new ArrayList<>();
    private final Uploads uploads = new Uploads(noting(store), SETTINGS);

    @Test
    void a_client_that_drips_keeps_its_place_and_its_chunk_is_stored_once() throws IOException {
        var id = UploadsUnderTest.begin(uploads, film()).id();

        assertThat(uploads.append(id, 0, dripping(DRIPS, 1), AppendOptions.none()))
                .isInstanceOf(Appended.class);

        assertThat(asked).filteredOn("write"::equals).hasSize(1);
        assertThat(asked).filteredOn("replace"::equals).hasSizeGreaterThan(DRIPS / 2);
        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(DRIPS);
    }

    @Test
    void what_is_worth_it_is_stored_while_it_comes() throws IOException {
        var id = UploadsUnderTest.begin(uploads, film()).id();

        assertThat(uploads.append(id, 0, dripping(DRIPS, 64 << 10), AppendOptions.none()))
                .isInstanceOf(Appended.class);

        assertThat(asked).filteredOn("write"::equals).hasSizeGreaterThan(DRIPS / 2);
        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(DRIPS * (64 << 10));
    }

    @Test
    void the_more_there_is_of_a_chunk_the_more_has_to_come_before_it_is_stored_again() throws IOException {
        var id = UploadsUnderTest.begin(uploads, film()).id();

        assertThat(uploads.append(id, 0, dripping(16, 64 << 10), AppendOptions.none()))
                .isInstanceOf(Appended.class);

        assertThat(asked).filteredOn("write"::equals).hasSizeLessThan(14);
        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(1 << 20);
    }

    @Test
    void what_does_not_count_before_its_checksum_is_right_is_not_stored_before_its_chunk_is_full() throws IOException {
        var id = UploadsUnderTest.begin(uploads, film()).id();
        var wrong = AppendOptions.none().withChecksum(new ChunkChecksum(Algorithm.MD5, "0".repeat(32)));

        assertThat(uploads.append(id, 0, dripping(DRIPS, 64 << 10), wrong)).isInstanceOf(ChecksumMismatch.class);

        assertThat(asked).doesNotContain("write");
        assertThat(uploads.find(id).orElseThrow().offset()).isZero();
    }

    private static NewUpload film() {
        return NewUpload.to("films/1", PutOptions.defaults());
    }

    /** So many bytes each time that a renewal is due. */
    private static InputStream dripping(int times, int bytes) {
        return new InputStream() {
            private int left = times;

            @Override
            public int read() {
                throw new AssertionError("one byte at a time is too little");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                await().pollDelay(SETTINGS.lease().dividedBy(2)).until(() -> true);
                assertThat(length).isGreaterThanOrEqualTo(bytes);
                return left-- > 0 ? bytes : -1;
            }
        };
    }

    private UploadStore noting(UploadStore store) {
        return (UploadStore) Proxy.newProxyInstance(
                UploadStore.class.getClassLoader(), new Class<?>[] {UploadStore.class}, (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
