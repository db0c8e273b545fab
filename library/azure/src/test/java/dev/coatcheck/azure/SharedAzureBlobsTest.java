package dev.coatcheck.azure;

import dev.coatcheck.contracts.blobs.SharedBlobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedAzureBlobsTest extends SharedBlobsContract {
    @RegisterExtension
    final Containers containers = new Containers();

    @Override
    protected Blobs blobs() {
        return containers.fresh().blobs();
    }

    @Override
    protected Class<? extends StoreFactory<Blobs>> factory() {
        return Attached.class;
    }

    @Override
    protected String url() {
        return containers.url();
    }

    /** With the settings that an application has if it says nothing. */
    public static final class Attached implements StoreFactory<Blobs> {
        @Override
        public Blobs open(String url) {
            return Azure.attach(url).blobs();
        }
    }
}
