package dev.coatcheck.s3;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/** Ends uploads in parts whose process has died. */
record UploadSweep(Bucket bucket) {

    int abortBegunBefore(Instant moment) {
        int aborted = 0;
        var page = page(null, null);
        while (true) {
            for (var upload : page.uploads()) {
                aborted += upload.initiated().isBefore(moment) && abort(upload) ? 1 : 0;
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return aborted;
            }
            page = page(page.nextKeyMarker(), page.nextUploadIdMarker());
        }
    }

    private ListMultipartUploadsResponse page(@Nullable String keyMarker, @Nullable String uploadIdMarker) {
        return bucket.ask(
                "list uploads",
                client -> client.listMultipartUploads(
                        list -> list.bucket(bucket.name()).keyMarker(keyMarker).uploadIdMarker(uploadIdMarker)));
    }

    private boolean abort(MultipartUpload upload) {
        return bucket.ask("give up an upload", client -> {
            try {
                client.abortMultipartUpload(
                        abort -> abort.bucket(bucket.name()).key(upload.key()).uploadId(upload.uploadId()));
                return true;
            } catch (NoSuchUploadException e) {
                return false; // finished or ended by another meanwhile
            }
        });
    }
}
