package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** What an application does with uploads. */
final class UploadOperations {
    private static final byte[] SMALL = {1, 2, 3};

    private final Uploads uploads;

    private UploadOperations(Uploads uploads) {
        this.uploads = uploads;
    }

    static List<Operation> of(Uploads uploads) {
        return new UploadOperations(uploads).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("begin an upload", Room.SOME, () -> this::begin),
                operation("append to an upload", Room.SOME, () -> {
                    var id = begin();
                    return () -> append(id, SMALL);
                }),
                operation("append much to an upload", Room.MUCH, () -> {
                    var id = begin();
                    var large = Incompressible.bytes(900_000);
                    return () -> append(id, large);
                }),
                operation("finish an upload", Room.SOME, () -> {
                    var id = begun(SMALL);
                    return () -> assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
                }),
                operation("look for an upload", Room.NONE, () -> {
                    var id = begun(SMALL);
                    return () ->
                            assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(SMALL.length);
                }),
                operation("give an upload up", Room.SOME, () -> {
                    var id = begun(SMALL);
                    return () -> assertThat(uploads.abandon(id)).isTrue();
                }));
    }

    private UploadId begin() {
        var result = uploads.begin(NewUpload.to(UUID.randomUUID().toString(), PutOptions.defaults()));
        return ((Begun) result).upload().id();
    }

    private UploadId begun(byte[] content) throws IOException {
        var id = begin();
        append(id, content);
        return id;
    }

    private void append(UploadId id, byte[] content) throws IOException {
        assertThat(uploads.append(id, 0, new ByteArrayInputStream(content), AppendOptions.none()))
                .isInstanceOf(Appended.class);
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
