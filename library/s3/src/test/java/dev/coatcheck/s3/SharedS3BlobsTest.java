package dev.coatcheck.s3;

import dev.coatcheck.contracts.blobs.SharedBlobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedS3BlobsTest extends SharedBlobsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    @Override
    protected Blobs blobs() {
        return buckets.fresh().blobs();
    }

    @Override
    protected Class<? extends StoreFactory<Blobs>> factory() {
        return Attached.class;
    }

    @Override
    protected String url() {
        return buckets.url();
    }

    /** With the settings that an application has if it says nothing. */
    public static final class Attached implements StoreFactory<Blobs> {
        @Override
        public Blobs open(String url) {
            return S3.attach(url).blobs();
        }
    }
}
