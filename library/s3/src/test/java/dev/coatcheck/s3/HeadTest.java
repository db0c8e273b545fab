package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.s3.Head.Ended;
import dev.coatcheck.s3.Head.Stage;
import dev.coatcheck.s3.Head.Tail;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stays of an upload's parts and pieces when its head is replaced. Chunks have ten bytes here. */
class HeadTest {
    private static final UploadId ID = new UploadId("A".repeat(32));
    private static final Duration LEASE = Duration.ofSeconds(5);

    /** As a release that is still running wrote it: not to be changed with the code. */
    private static final String STORED = """
            #Sun Nov 22 05:00:00 UTC 2026
            format=1
            upload=\\#Sun Nov 22 05\\:00\\:00 UTC 2026\\nformat\\=1\\nid\\=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\nparts\\=\\nchunkSize\\=10\
            \\nexpiry\\=PT24H\\nlease\\=PT5S\\noffset\\=23\\ndigest\\=AAAA\\nhead\\=616263\\ncontentType\\=text/plain\\nmaxBytes\\=100\
            \\nifAbsent\\=false\\nkey\\=a/b\\n
            token=1-2
            writtenAt=2026-11-22T05\\:00\\:00.123Z
            stage=OPEN
            parts=1 3
            nextPart=4
            tails=2\\:3\\:one 2\\:5\\:two
            multipart=store's name
            """;

    @Test
    void what_an_earlier_release_wrote_is_read() {
        var upload = new UploadRecord(
                ID,
                NewUpload.to("a/b", PutOptions.ofType("text/plain").withMaxBytes(100)),
                List.of(),
                10,
                Duration.ofHours(24),
                LEASE,
                23,
                "AAAA",
                "616263");

        assertThat(Head.read(STORED))
                .isEqualTo(new Head(
                        upload,
                        "1-2",
                        Instant.parse("2026-11-22T05:00:00.123Z"),
                        Stage.OPEN,
                        Optional.of("store's name"),
                        PartNumbers.parse("1 3"),
                        4,
                        List.of(new Tail(2, 3, "one"), new Tail(2, 5, "two")),
                        Optional.empty()));
        var finished = STORED.replace("stage=OPEN", "stage=FINISHED\netag=e\nstoredAt=2026-11-22T05\\:00\\:01Z");
        assertThat(Head.read(finished).blob())
                .contains(new Ended("e", Optional.empty(), Instant.parse("2026-11-22T05:00:01Z")));
    }

    @Test
    void what_is_written_is_read() {
        var head =
                at(23, LEASE).withTail(upload(23, LEASE), new Tail(2, 3, "one")).stamped();

        assertThat(Head.read(head.text())).isEqualTo(head);
        var ended = head.finished(new Ended("e", Optional.of("ff"), Instant.EPOCH));
        assertThat(Head.read(ended.text())).isEqualTo(ended);
    }

    @Test
    void what_no_release_wrote_or_a_later_one_is_refused() {
        for (var text : List.of(
                "", "format=2\n", "format=1\n", STORED.replace("token=1-2\n", ""), STORED.replace("OPEN", "OVER"))) {
            assertThatThrownBy(() -> Head.read(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /**
     * Behind the offset lie chunks of who writes with a checksum, or has died: they count for nobody when it is given back.
     *
     * @param left those that stay then
     */
    @ParameterizedTest
    @CsvSource({"20, PT5S, 1-3, 1-2", "20, PT5S, 1-2, 1-2", "0,  PT5S, 1-3, ''", "29, PT5S, 1-3, 1-2"})
    void parts_behind_the_offset_stay_as_long_as_somebody_writes(
            long offset, Duration lease, String parts, String left) {
        var head = withParts(at(offset, lease), parts);

        assertThat(head.with(upload(offset, lease)).parts()).isEqualTo(PartNumbers.parse(parts));
        assertThat(head.with(upload(offset, Duration.ZERO)).parts()).isEqualTo(PartNumbers.parse(left));
    }

    @Test
    void the_beginning_of_a_chunk_stays_until_one_that_is_longer_counts() {
        var one = new Tail(0, 3, "one");
        var two = new Tail(0, 5, "two");
        var begun = at(3, LEASE).withTail(upload(3, LEASE), one);
        assertThat(begun.tails()).containsExactly(one);
        assertThat(begun.tail()).contains(one);

        var longer = begun.withTail(upload(5, LEASE), two);
        assertThat(longer.tails()).containsExactly(two);
        assertThat(longer.withPart(upload(10, LEASE), 0).tails()).isEmpty();
        // Stored ahead of the offset, the longer one has the same bytes before it.
        assertThat(begun.withTail(upload(3, LEASE), two).tail()).contains(two);
    }

    @Test
    void the_beginning_of_a_later_chunk_stays_as_long_as_somebody_writes() {
        var counting = new Tail(0, 3, "counting");
        var later = new Tail(1, 5, "later");
        var ahead = at(3, LEASE)
                .withTail(upload(3, LEASE), counting)
                .withPart(upload(3, LEASE), 0)
                .withTail(upload(3, LEASE), later);

        assertThat(ahead.tails()).containsExactly(counting, later);
        assertThat(ahead.with(upload(3, Duration.ZERO)).tails()).containsExactly(counting);
        assertThat(ahead.with(upload(15, Duration.ZERO)).tails()).containsExactly(later);
    }

    @Test
    void a_number_is_left_to_who_may_be_using_it_and_not_to_who_renews_his_lease() {
        var head = at(20, LEASE).withPart(upload(20, LEASE), 0);
        assertThat(head.nextPart()).isEqualTo(2);

        assertThat(head.with(upload(20, LEASE)).nextPart()).isEqualTo(2);
        assertThat(head.supersededBy(upload(20, LEASE)).nextPart()).isEqualTo(3);
        assertThat(head.withPart(upload(30, LEASE), 1).parts()).isEqualTo(PartNumbers.parse("1-2"));
        assertThat(head.supersededBy(upload(20, LEASE))
                        .withPart(upload(30, LEASE), 1)
                        .parts())
                .isEqualTo(PartNumbers.parse("1 3"));
    }

    @Test
    void what_is_sealed_keeps_its_parts_whatever_its_record_says() {
        var sealed = withParts(at(25, LEASE), "1-2").sealed("parts", PartNumbers.parse("1-3"));

        assertThat(sealed.with(upload(25, Duration.ZERO)).parts()).isEqualTo(PartNumbers.parse("1-3"));
        assertThat(sealed.with(upload(25, LEASE)).multipart()).contains("parts");
    }

    private static Head at(long offset, Duration lease) {
        return Head.of(upload(offset, lease));
    }

    private static Head withParts(Head head, String numbers) {
        var with = head;
        int chunk = 0;
        for (int number : PartNumbers.parse(numbers).numbers()) {
            assertThat(number).isEqualTo(with.nextPart());
            with = with.withPart(head.upload(), chunk++);
        }
        return with;
    }

    private static UploadRecord upload(long offset, Duration lease) {
        return new UploadRecord(
                ID,
                NewUpload.to("a/b", PutOptions.defaults()),
                List.of(),
                10,
                Duration.ofHours(24),
                lease,
                offset,
                "AAAA",
                "");
    }
}
