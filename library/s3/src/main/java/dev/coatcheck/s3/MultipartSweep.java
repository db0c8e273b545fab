package dev.coatcheck.s3;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Ends uploads in parts whose process has died. */
record MultipartSweep(Bucket bucket) {

    /**
     * Ends all that were begun before a moment.
     *
     * @param goingOn the store's names for those that stay; asked for only where there is something to end
     */
    int abortBegunBefore(Instant moment, Supplier<Set<String>> goingOn) {
        var old = begunBefore(moment);
        if (old.isEmpty()) {
            return 0;
        }
        var staying = goingOn.get();
        int aborted = 0;
        for (var parts : old) {
            aborted += !staying.contains(parts.id()) && parts.abort() ? 1 : 0;
        }
        return aborted;
    }

    private List<Multipart> begunBefore(Instant moment) {
        var found = new ArrayList<Multipart>();
        var page = page(null, null);
        while (true) {
            page.uploads().stream()
                    .filter(upload -> upload.initiated().isBefore(moment))
                    .map(this::named)
                    .forEach(found::add);
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return found;
            }
            page = page(page.nextKeyMarker(), page.nextUploadIdMarker());
        }
    }

    private Multipart named(MultipartUpload upload) {
        return new Multipart(bucket, upload.key(), upload.uploadId());
    }

    private ListMultipartUploadsResponse page(@Nullable String keyMarker, @Nullable String uploadIdMarker) {
        return bucket.ask(
                "list uploads",
                client -> client.listMultipartUploads(
                        list -> list.bucket(bucket.name()).keyMarker(keyMarker).uploadIdMarker(uploadIdMarker)));
    }
}
