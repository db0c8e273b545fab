package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresBlobsTest extends BlobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Blobs blobs() {
        return databases.empty().blobs();
    }

    @Test
    void what_an_earlier_release_stored_under_a_key_that_is_none_any_more_is_listed_read_and_deleted()
            throws IOException {
        var postgres = databases.empty();
        var blobs = postgres.blobs();
        blobs.put("a", new ByteArrayInputStream(new byte[3]), PutOptions.defaults());
        assertThat(Databases.update(postgres, "update coatcheck.blobs set key = 'a//b/' where key = 'a'"))
                .isEqualTo(1);

        assertThat(blobs.list("", "a/", 10)).extracting(Listed::key).containsExactly("a//b/");
        assertThat(blobs.stat("a//b/")).isPresent();
        try (var found = (Found) blobs.read("a//b/", ReadOptions.whole())) {
            assertThat(found.content().readAllBytes()).hasSize(3);
        }
        assertThat(blobs.delete("a//b/")).isTrue();
        assertThat(blobs.list("", "", 10)).isEmpty();
    }
}
