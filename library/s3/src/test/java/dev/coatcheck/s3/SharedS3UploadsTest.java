package dev.coatcheck.s3;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.contracts.uploads.SharedUploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedS3UploadsTest extends SharedUploadsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    private final S3 s3 = buckets.freshThatDecides();

    @Override
    protected UploadStore store() {
        return s3.uploadStore();
    }

    @Override
    protected Blobs blobs() {
        return s3.blobs();
    }

    @Override
    protected Class<? extends StoreFactory<UploadStore>> factory() {
        return Attached.class;
    }

    @Override
    protected String url() {
        return buckets.url();
    }

    @Override
    protected long mayLose() {
        return Buckets.DECIDING.partBytes();
    }

    public static final class Attached implements StoreFactory<UploadStore> {
        @Override
        public UploadStore open(String url) {
            return S3.attach(url, Buckets.DECIDING).uploadStore();
        }
    }
}
