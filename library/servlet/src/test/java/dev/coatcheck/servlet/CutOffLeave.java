package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.PresignedPart;
import dev.coatcheck.state.uploads.UploadId;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A store that can be cut off when leave is to be signed. */
final class CutOffLeave implements DirectUploads {
    private final DirectUploads store;
    volatile boolean cutOff;

    CutOffLeave(DirectUploads store) {
        this.store = store;
    }

    @Override
    public DirectBeginResult begin(NewUpload upload) {
        return store.begin(upload);
    }

    @Override
    public Optional<DirectUpload> find(UploadId id) {
        return store.find(id);
    }

    @Override
    public List<PresignedPart> sign(UploadId id, Collection<Integer> parts) {
        if (cutOff) {
            throw new BackingServiceException("the store under test", "sign leave", new IOException("cut off"));
        }
        return store.sign(id, parts);
    }

    @Override
    public FinishResult finish(UploadId id) {
        return store.finish(id);
    }

    @Override
    public boolean abandon(UploadId id) {
        return store.abandon(id);
    }

    @Override
    public int sweep(int limit) {
        return store.sweep(limit);
    }
}
