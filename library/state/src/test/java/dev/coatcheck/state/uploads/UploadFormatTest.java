package dev.coatcheck.state.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.blobs.PutOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UploadFormatTest {
    private static final UploadId ID = new UploadId("A".repeat(32));

    /** As a release that is still running wrote it: not to be changed with the code. */
    private static final String STORED = """
            #Sun Nov 22 05:00:00 UTC 2026
            format=1
            id=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            parts=
            chunkSize=1048576
            expiry=PT24H
            lease=PT5S
            offset=3
            digest=AAAA
            head=616263
            contentType=text/plain
            maxBytes=100
            ifAbsent=true
            sha256=ff
            key=a/b
            length=10
            metadata.name=M\u00fcller
            attribute.owner=ada
            """;

    @Test
    void an_upload_comes_back_as_it_was() {
        var options = PutOptions.ofType("a/b")
                .withMetadata(Map.of("", "", " =:#!\n\r\t\\", "Müller 🧥", "é", "\u001b"))
                .withMaxBytes(7);
        var attributes = Map.of("owner", "ada\n", "metadata.x", "format=2");
        for (var begun :
                List.of(NewUpload.to("k", options).withLength(5).withAttributes(attributes), NewUpload.part(options))) {
            var record = new UploadRecord(
                    ID, begun, List.of(ID, UploadId.random()), 5, Duration.ofMillis(7), Duration.ZERO, 3, "x+/=", "00");

            assertThat(UploadFormat.read(UploadFormat.write(record))).isEqualTo(record);
        }
    }

    @Test
    void what_an_earlier_release_wrote_is_read() {
        var begun = NewUpload.to(
                        "a/b", new PutOptions("text/plain", Map.of("name", "Müller"), 100, Optional.of("ff"), true))
                .withLength(10)
                .withAttributes(Map.of("owner", "ada"));

        assertThat(UploadFormat.read(STORED))
                .isEqualTo(new UploadRecord(
                        ID,
                        begun,
                        List.of(),
                        1 << 20,
                        Duration.ofHours(24),
                        Duration.ofSeconds(5),
                        3,
                        "AAAA",
                        "616263"));
        assertThat(UploadFormat.read(STORED.replace("length=10\n", "")).begun().length())
                .isEqualTo(OptionalLong.empty());
    }

    @Test
    void what_no_release_wrote_or_a_later_one_is_refused() {
        for (var text : List.of("", "format=2\n", "format=1\n", STORED.replace("offset=3\n", ""))) {
            assertThatThrownBy(() -> UploadFormat.read(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
