package dev.coatcheck.contracts.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.blobs.ReadResult.Missing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/** What the parts of the contract share: the store, and the few steps that nearly every test begins with. */
interface BlobsUnderTest {
    int MEBIBYTE = 1 << 20;

    /** How far what is told of one blob at two times may differ in when it was stored: a store may count in seconds. */
    Duration ABOUT = Duration.ofSeconds(10);

    Blobs blobs();

    /** What the adapter declares. */
    Set<BlobCapability> capabilities();

    default boolean can(BlobCapability capability) {
        return capabilities().contains(capability);
    }

    /** Stores what is bound to be stored. */
    static Blob put(Blobs blobs, String key, byte[] content, PutOptions options) {
        try {
            var result = blobs.put(key, new ByteArrayInputStream(content), options);
            assertThat(result).isInstanceOf(Stored.class);
            return ((Stored) result).blob();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Blob put(Blobs blobs, String key, String content) {
        return put(blobs, key, content.getBytes(StandardCharsets.UTF_8), PutOptions.defaults());
    }

    /** Stores what is bound to be stored; returns what is then known of it. */
    static Blob putAndStat(Blobs blobs, String key, byte[] content, PutOptions options) {
        put(blobs, key, content, options);
        return blobs.stat(key).orElseThrow();
    }

    static Blob putAndStat(Blobs blobs, String key, String content) {
        return putAndStat(blobs, key, content.getBytes(StandardCharsets.UTF_8), PutOptions.defaults());
    }

    /** Opens what is bound to be there. */
    static Found open(Blobs blobs, String key, ReadOptions options) {
        var result = blobs.read(key, options);
        assertThat(result).isInstanceOf(Found.class);
        return (Found) result;
    }

    /** The bytes of what is bound to be there. */
    static byte[] read(Blobs blobs, String key, ReadOptions options) {
        try (var found = open(blobs, key, options)) {
            var bytes = found.content().readAllBytes();
            assertThat(bytes).hasSize((int) found.length());
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String readText(Blobs blobs, String key) {
        return new String(read(blobs, key, ReadOptions.whole()), StandardCharsets.UTF_8);
    }

    static void assertAbsent(Blobs blobs, String key) {
        assertThat(blobs.stat(key)).isEmpty();
        assertThat(blobs.read(key, ReadOptions.whole())).isEqualTo(new Missing());
        assertThat(blobs.list("", "", 1000)).extracting(Listed::key).doesNotContain(key);
    }
}
