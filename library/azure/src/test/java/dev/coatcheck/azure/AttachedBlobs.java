package dev.coatcheck.azure;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;

/** How another JVM attaches a container: with the settings that an application has if it says nothing. */
public final class AttachedBlobs implements StoreFactory<Blobs> {
    @Override
    public Blobs open(String url) {
        return Azure.attach(url).blobs();
    }
}
