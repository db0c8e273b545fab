package dev.coatcheck.s3;

import dev.coatcheck.state.uploads.UploadId;
import java.util.Optional;

/** What the objects of uploads that are under way are called: no keys of blobs, so that no list shows them. */
final class UploadNames {
    static final String PREFIX = "@coatcheck/uploads/";

    private static final String HEAD = "head";

    private UploadNames() {}

    static String head(UploadId id) {
        return piece(id, HEAD);
    }

    /** Of an object that holds bytes of an upload. */
    static String piece(UploadId id, String name) {
        return PREFIX + id.text() + "/" + name;
    }

    /** The upload that an object belongs to; empty where somebody else put it there. */
    static Optional<UploadId> upload(String key) {
        var rest = key.substring(PREFIX.length());
        return UploadId.parse(rest.substring(0, Math.max(0, rest.indexOf('/'))));
    }
}
