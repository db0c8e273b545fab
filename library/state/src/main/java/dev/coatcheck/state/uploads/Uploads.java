package dev.coatcheck.state.uploads;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.WrongLength;
import dev.coatcheck.state.uploads.AppendResult.WrongOffset;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.FinishResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.FinishResult.Incomplete;
import dev.coatcheck.state.uploads.FinishResult.WrongType;
import dev.coatcheck.state.uploads.JoinResult.Joined;
import dev.coatcheck.state.uploads.JoinResult.NotFinished;
import dev.coatcheck.state.uploads.JoinResult.PartIncomplete;
import dev.coatcheck.state.uploads.JoinResult.PartMissing;
import dev.coatcheck.state.uploads.UploadStore.Finish;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The port for uploads that may take long and break off: begun in one process, gone on with in another, finished in a
 * third as a {@linkplain dev.coatcheck.state.blobs.Blobs blob}, with no sticky sessions, lock file, or local disk.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>What an append said is kept is kept, whoever dies. A stream that breaks off keeps all that came; a process that is
 *       killed loses what came since it last stored something: one chunk (a mebibyte on PostgreSQL), or what came in a
 *       third of the lease and 64 KiB, or an eighth of what there was of the chunk where that is more.
 *   <li>An upload has one writer at a time. Another is told so, and may have its place when nothing came from it for as
 *       long as the {@linkplain UploadSettings#lease() lease}: it is dead, or its client is gone. If it was neither, it
 *       can store nothing more.
 *   <li>Nobody sees a blob before it is whole, has the SHA-256 and the length that were announced, and begins as its type
 *       does: see {@link NewUpload}. The SHA-256 is that of the bytes as they came: it goes from process to process with
 *       the upload. Finishing again gives the same blob; what was refused is gone.
 *   <li>What is given up, expires or fails leaves nothing behind once it is swept.
 * </ul>
 *
 * <p>Bytes stream in constant memory: one chunk for each writer.
 *
 * <p>Cost in round trips to the store: {@link #begin} and {@link #find} one; {@link #append} two, one more where the offset
 * lies inside a chunk, and one for each chunk; {@link #finish} three; {@link #join} what it costs to read all the bytes and
 * append them. An adapter says what such a trip is there.
 *
 * <p>Methods throw {@link BackingServiceException} where the store cannot be reached or does not answer in time: ask
 * {@link #find} where to go on. Thread-safe; no thread runs in the background.
 *
 * <pre>{@code
 * var begun = uploads.begin(NewUpload.to("films/42", PutOptions.ofType("video/mp4").withMaxBytes(4L << 30)));
 * …
 * switch (uploads.append(id, offset, request.getInputStream(), AppendOptions.none())) {
 *     case Appended(var upload) -> goOn(upload.offset());
 *     case WrongOffset(var actual) -> conflict(actual);
 *     …
 * }
 * …
 * if (uploads.finish(id) instanceof Stored(var blob)) {
 *     remember(blob.key(), blob.sha256());
 * }
 * }</pre>
 */
public final class Uploads {
    private final UploadStore store;
    private final UploadSettings settings;

    /** @param store an adapter, such as the in-memory one in tests; attached resources give out uploads ready to use */
    public Uploads(UploadStore store, UploadSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * Begins an upload, under an id that nobody can guess. Too large is what is announced with more bytes than its options or the
     * store take.
     */
    public BeginResult begin(NewUpload upload) {
        long most = most(upload);
        if (upload.length().orElse(0) > most) {
            return new BeginResult.TooLarge(most);
        }
        var record = record(UploadId.random(), upload, List.of());
        return new Begun(store.create(record)
                .orElseThrow(() -> new IllegalStateException("a random id was taken already"))
                .seen());
    }

    /** An upload as it is now; empty where there never was one, it has expired or was given up. */
    public Optional<Upload> find(UploadId id) {
        return present(id).map(StoredUpload::seen);
    }

    /**
     * Appends bytes.
     *
     * @param offset where they belong: how many are kept already
     * @param content read to its end, or until it is too much; not closed
     * @throws IOException where {@code content} cannot be read; what came before is kept, unless there is a checksum
     * @throws IllegalArgumentException where the upload is joined of others
     */
    public AppendResult append(UploadId id, long offset, InputStream content, AppendOptions options)
            throws IOException {
        var found = present(id);
        if (found.isEmpty()) {
            return new AppendResult.Missing();
        }
        var upload = found.get();
        if (!upload.record().parts().isEmpty()) {
            throw new IllegalArgumentException("nothing is appended to an upload that is joined of others");
        }
        return append(upload, offset, content, options);
    }

    private AppendResult append(StoredUpload found, long offset, InputStream content, AppendOptions options)
            throws IOException {
        var upload = found.record();
        if (found.leaseLeft().isPositive()) {
            return new AppendResult.Busy(found.leaseLeft());
        }
        if (offset != upload.offset()) {
            return new WrongOffset(upload.offset());
        }
        long maxBytes = upload.begun().options().maxBytes();
        long length = options.length().orElse(upload.begun().length().orElse(maxBytes));
        if (length < offset || upload.begun().length().orElse(length) != length) {
            return new WrongLength();
        }
        if (length > maxBytes) {
            return new AppendResult.TooLarge(maxBytes);
        }
        if (found.blob().isPresent()) {
            return content.read() < 0 ? new Appended(found.seen()) : new AppendResult.TooLarge(offset);
        }
        var declared = options.length().isPresent() ? upload.withLength(length) : upload;
        var claimed = claim(found, declared);
        return claimed.isEmpty()
                ? new AppendResult.Busy(settings.lease())
                : new Appending(store, settings.lease(), claimed.get(), options.checksum()).append(content);
    }

    /**
     * Makes an upload the blob that it is to be. One whose length was never said ends where it is.
     *
     * @throws IllegalArgumentException where it is a part, which can only be joined with others
     */
    public FinishResult finish(UploadId id) {
        var present = present(id);
        if (present.isEmpty()) {
            return new FinishResult.Missing();
        }
        var found = present.get();
        var upload = found.record();
        if (upload.begun().key().isEmpty()) {
            throw new IllegalArgumentException("a part is joined with others, not finished");
        }
        if (found.blob().isPresent()) {
            return new FinishResult.Stored(found.blob().get());
        }
        if (found.leaseLeft().isPositive()) {
            return new FinishResult.Busy(found.leaseLeft());
        }
        long length = upload.begun().length().orElse(upload.offset());
        if (upload.offset() != length) {
            return new Incomplete(upload.offset(), length);
        }
        return claim(found, upload.withLength(length))
                .map(this::finish)
                .orElseGet(() -> new FinishResult.Busy(settings.lease()));
    }

    private FinishResult finish(StoredUpload claimed) {
        var upload = claimed.record();
        var options = upload.begun().options();
        var sha256 = new RunningSha256(upload.digest()).hex();
        if (!options.sha256().orElse(sha256).equals(sha256)) {
            return refused(claimed, new ChecksumMismatch(options.sha256().get(), sha256));
        }
        if (!upload.begun().mayBeginWith(upload.head())) {
            return refused(claimed, new WrongType(options.contentType()));
        }
        return switch (store.finish(claimed, sha256)) {
            case Finish.Stored(var blob) -> new FinishResult.Stored(blob);
            case Finish.Exists() -> new FinishResult.Exists();
            case Finish.Changed() -> new FinishResult.Busy(settings.lease());
        };
    }

    private FinishResult refused(StoredUpload claimed, FinishResult why) {
        return store.remove(claimed) ? why : new FinishResult.Busy(settings.lease());
    }

    /**
     * Makes one blob of parts, in this order. The same parts are one upload, however often they are joined: where a process
     * died over it, the next one goes on, and after the parts are gone the answer is still the same.
     *
     * @param whole what they become; its length is theirs
     */
    public JoinResult join(List<UploadId> parts, NewUpload whole) {
        if (parts.isEmpty() || whole.key().isEmpty()) {
            throw new IllegalArgumentException("a part or more is joined to a whole that has a key");
        }
        var id = UploadId.joining(parts);
        var known = present(id);
        if (known.isPresent() && known.get().blob().isPresent()) {
            return new Joined(known.get().seen());
        }
        var found = new ArrayList<StoredUpload>();
        long length = 0;
        for (var part : parts) {
            var present = present(part).filter(upload -> upload.seen().isPart());
            if (present.isEmpty()) {
                // Perhaps because another has joined it meanwhile.
                return joined(id).orElseGet(() -> new PartMissing(part));
            }
            if (!present.get().seen().isWhole()) {
                return new PartIncomplete(part);
            }
            length = Math.addExact(length, present.get().record().offset());
            found.add(present.get());
        }
        if (length > most(whole)) {
            return new JoinResult.TooLarge(most(whole));
        }
        var record = record(id, whole.withLength(length), parts);
        var joined = known.or(() -> store.create(record)).or(() -> present(id));
        return joined.isEmpty() ? new NotFinished(new FinishResult.Busy(settings.lease())) : join(joined.get(), found);
    }

    private JoinResult join(StoredUpload whole, List<StoredUpload> parts) {
        var id = whole.record().id();
        AppendResult appended;
        try (var content = new PartsContent(store, parts)) {
            long offset = whole.record().offset();
            content.leaveOut(offset);
            appended = append(whole, offset, content, AppendOptions.none());
        } catch (IOException e) {
            if (e.getCause() instanceof BackingServiceException unavailable) {
                throw unavailable;
            }
            // A part went while it was read: another has joined it, or the next look says that it is missing.
            return joined(id).orElseGet(() -> new NotFinished(new FinishResult.Busy(settings.lease())));
        }
        if (!(appended instanceof Appended(var upload))) {
            var busy = appended instanceof AppendResult.Busy(var retryAfter) ? retryAfter : settings.lease();
            return new NotFinished(new FinishResult.Busy(busy));
        }
        var finished = finish(id);
        if (!(finished instanceof FinishResult.Stored(var blob))) {
            return new NotFinished(finished);
        }
        parts.forEach(part -> store.remove(part.record().id()));
        return new Joined(upload.finishedAs(blob));
    }

    private Optional<JoinResult> joined(UploadId id) {
        return find(id).filter(whole -> whole.blob().isPresent()).map(Joined::new);
    }

    /**
     * Gives an upload up: whoever is writing cannot any more. The blob of a finished one stays. One round trip on PostgreSQL, three
     * to five on an object store.
     *
     * @return whether there was one
     */
    public boolean abandon(UploadId id) {
        return store.remove(id);
    }

    /**
     * Clears away uploads that have expired, and what is left of writers that died: for a schedule, on a store that does not do
     * so by itself. PostgreSQL does; an object store is asked once an hour or so, and costs a round trip for each thousand objects
     * and one for each upload that it keeps, whether there is anything to remove or not. Any number of processes may do it at the
     * same time; one is enough.
     *
     * @param limit how many uploads are removed at the most
     * @return how many there were: perhaps there are more where it is the limit
     */
    public int sweep(int limit) {
        return store.sweep(limit);
    }

    private long most(NewUpload upload) {
        return Math.min(upload.options().maxBytes(), store.mostBytes());
    }

    private Optional<StoredUpload> present(UploadId id) {
        return store.find(id).filter(upload -> !upload.hasExpired());
    }

    private Optional<StoredUpload> claim(StoredUpload found, UploadRecord becomes) {
        return store.replace(found, becomes.withLease(settings.lease()));
    }

    private UploadRecord record(UploadId id, NewUpload upload, List<UploadId> parts) {
        return UploadRecord.begin(id, upload, parts, store.chunkSize(upload.limit()), settings.expiry());
    }
}
