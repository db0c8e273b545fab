package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** What an application does with blobs. */
final class BlobOperations {
    private static final byte[] SMALL = {1, 2, 3};

    private final Blobs blobs;

    private BlobOperations(Blobs blobs) {
        this.blobs = blobs;
    }

    static List<Operation> of(Blobs blobs) {
        return new BlobOperations(blobs).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("store a blob", Room.SOME, () -> () -> put(SMALL)),
                operation("store a large blob", Room.MUCH, () -> {
                    var large = Incompressible.bytes(900_000);
                    return () -> put(large);
                }),
                operation("read a blob", Room.NONE, () -> {
                    var key = put(SMALL);
                    return () -> {
                        try (var found = (Found) blobs.read(key, ReadOptions.whole())) {
                            assertThat(found.content().readAllBytes()).isEqualTo(SMALL);
                        }
                    };
                }),
                operation("look for a blob", Room.NONE, () -> {
                    var key = put(SMALL);
                    return () -> assertThat(blobs.stat(key)).isPresent();
                }),
                operation("list blobs", Room.NONE, () -> {
                    var key = put(SMALL);
                    return () -> assertThat(blobs.list(key, "", 10)).hasSize(1);
                }),
                operation("delete a blob", Room.SOME, () -> {
                    var key = put(SMALL);
                    return () -> assertThat(blobs.delete(key)).isTrue();
                }));
    }

    private String put(byte[] content) throws IOException {
        var key = UUID.randomUUID().toString();
        assertThat(blobs.put(key, new ByteArrayInputStream(content), PutOptions.defaults()))
                .isInstanceOf(Stored.class);
        return key;
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
