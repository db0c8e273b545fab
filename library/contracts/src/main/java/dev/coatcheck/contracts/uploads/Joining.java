package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.append;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.begin;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.film;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.part;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.uploads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.JoinResult;
import dev.coatcheck.state.uploads.JoinResult.Joined;
import dev.coatcheck.state.uploads.JoinResult.NotFinished;
import dev.coatcheck.state.uploads.JoinResult.PartIncomplete;
import dev.coatcheck.state.uploads.JoinResult.PartMissing;
import dev.coatcheck.state.uploads.JoinResult.TooLarge;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.Upload;
import dev.coatcheck.state.uploads.UploadId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts, sent side by side, become one blob. */
interface Joining extends UploadsUnderTest {

    @Test
    default void parts_of_any_size_are_joined_in_the_order_that_is_asked_for() throws IOException {
        var uploads = uploads(store());
        var sizes = new int[] {10, 2 * MEBIBYTE + 7, 0, MEBIBYTE, 1};
        var expected = new ByteArrayOutputStream();
        var parts = new ArrayList<UploadId>();
        for (int i = 0; i < sizes.length; i++) {
            parts.add(part(uploads, i, sizes[i]));
            expected.write(GeneratedStream.bytes(i, sizes[i]));
        }
        assertThat(blobs().list("", "", 10)).isEmpty();

        var joined = joined(uploads.join(parts, film()));

        assertThat(joined.parts()).isEqualTo(parts);
        assertThat(joined.offset()).isEqualTo(expected.size());
        assertThat(joined.isWhole()).isTrue();
        assertThat(joined.blob()).isEqualTo(blobs().stat(KEY));
        assertThat(read(blobs(), KEY)).isEqualTo(expected.toByteArray());
        assertThat(parts).allMatch(part -> uploads.find(part).isEmpty());
    }

    @Test
    default void joining_again_gives_the_same_answer_though_the_parts_are_gone() throws IOException {
        var uploads = uploads(store());
        var parts = List.of(part(uploads, 1, 10), part(uploads, 2, 10));
        var joined = joined(uploads.join(parts, film()));

        assertThat(uploads.join(parts, NewUpload.to("another", PutOptions.defaults())))
                .isEqualTo(new Joined(uploads.find(joined.id()).orElseThrow()));
        assertThat(blobs().stat("another")).isEmpty();
        assertThat(uploads.join(parts.reversed(), film())).isInstanceOf(PartMissing.class);
    }

    @Test
    default void of_many_who_join_the_same_parts_all_have_one_blob_or_are_told_to_wait() {
        var uploads = uploads(store());
        var parts = List.of(part(uploads, 1, MEBIBYTE + 1), part(uploads, 2, 10));

        var results = Together.call(4, thread -> uploads.join(parts, film()));

        assertThat(results).filteredOn(Joined.class::isInstance).isNotEmpty();
        assertThat(results)
                .filteredOn(result -> !(result instanceof Joined))
                .allMatch(result -> result instanceof NotFinished(FinishResult.Busy busy));
        assertThat(blobs().stat(KEY).orElseThrow().size()).isEqualTo(MEBIBYTE + 11);
    }

    @Test
    default void what_is_no_whole_part_is_not_joined() throws IOException {
        var uploads = uploads(store());
        var whole = part(uploads, 1, 10);
        var incomplete = begin(uploads, NewUpload.part(PutOptions.defaults()).withLength(10))
                .id();
        var endless = begin(uploads, NewUpload.part(PutOptions.defaults())).id();
        var forged = UploadId.random();
        var noPart = begin(uploads, film()).id();

        assertThat(uploads.join(List.of(whole, incomplete), film())).isEqualTo(new PartIncomplete(incomplete));
        assertThat(uploads.join(List.of(endless), film())).isEqualTo(new PartIncomplete(endless));
        assertThat(uploads.join(List.of(whole, forged), film())).isEqualTo(new PartMissing(forged));
        assertThat(uploads.join(List.of(noPart), film())).isEqualTo(new PartMissing(noPart));
        assertThatThrownBy(() -> uploads.join(List.of(), film())).isInstanceOf(IllegalArgumentException.class);
        assertThat(uploads.find(whole)).isPresent();
        assertThat(blobs().list("", "", 10)).isEmpty();
    }

    @Test
    default void bounds_of_the_whole_hold_for_what_is_joined() throws IOException {
        var uploads = uploads(store());
        var parts = List.of(part(uploads, 1, 10), part(uploads, 2, 10));
        var bounded = PutOptions.defaults().withMaxBytes(19);

        assertThat(uploads.join(parts, NewUpload.to(KEY, bounded))).isEqualTo(new TooLarge(19));
        assertThat(uploads.join(parts, NewUpload.to(KEY, PutOptions.ofType("image/png"))))
                .isEqualTo(new NotFinished(new FinishResult.WrongType("image/png")));

        joined(uploads.join(parts, film()));
    }

    @Test
    default void nothing_is_appended_to_what_is_joined() throws IOException {
        var uploads = uploads(store());
        var joined = joined(uploads.join(List.of(part(uploads, 1, 10)), film()));

        assertThatThrownBy(() -> append(uploads, joined.id(), 10, new byte[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static Upload joined(JoinResult result) {
        assertThat(result).isInstanceOf(Joined.class);
        return ((Joined) result).upload();
    }
}
