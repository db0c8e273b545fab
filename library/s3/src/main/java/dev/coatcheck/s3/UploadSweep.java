package dev.coatcheck.s3;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.s3.Head.Stage;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.UploadId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Takes uploads away that nobody wants any more, and what writers left that died.
 *
 * @param grace how old something is that no head refers to, and that a living writer may be about to
 */
record UploadSweep(Bucket bucket, Heads heads, Pieces pieces, Duration grace) {
    private static final System.Logger LOG = System.getLogger(UploadSweep.class.getName());

    private static final int SERVER_FAILS = 500;

    /** The objects of one upload. */
    private record Found(UploadId id, List<S3Object> objects) {}

    /**
     * Removes an upload while it is what was seen. First of all it is gone for everybody; what is left of it then is left to
     * whoever sweeps, where it cannot be deleted at once.
     *
     * @return whether it was
     */
    boolean remove(Seen was) {
        var removed = heads.replace(was, was.head().removed());
        try {
            removed.ifPresent(this::clear);
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to be swept", e);
        }
        return removed.isPresent();
    }

    /**
     * Deletes what a head was to refer to that seems not to have been stored: what none refers to, where another has taken the
     * place of the one that was seen. It may have been stored nevertheless, and another may have gone on from it; or be on its way
     * as long as the one that was seen is there, and then all of it is left to be swept.
     */
    void discard(Seen was, Head unstored) {
        try {
            var now = heads.find(unstored.upload().id()).map(Seen::head);
            if (now.filter(head -> head.token().equals(was.head().token())).isPresent()) {
                return;
            }
            var pieceNames = new HashSet<>(unstored.pieces());
            pieceNames.removeAll(was.head().pieces());
            now.map(Head::pieces).ifPresent(pieceNames::removeAll);
            pieces.tryToDelete(unstored.upload().id(), pieceNames);
            unstored.multipart()
                    .filter(name -> was.head().multipart().isEmpty()
                            && !now.flatMap(Head::multipart).equals(Optional.of(name)))
                    .map(name -> parts(unstored, name))
                    .ifPresent(Multipart::tryToAbort);
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to be swept", e);
        }
    }

    private Multipart parts(Head head, String name) {
        return new Multipart(bucket, head.upload().begun().key().orElseThrow(), name);
    }

    private void clear(Seen removed) {
        var head = removed.head();
        var upload = head.upload();
        head.multipart().map(name -> parts(head, name)).ifPresent(Multipart::abort);
        head.pieces().forEach(name -> pieces.delete(UploadNames.piece(upload.id(), name)));
        heads.delete(removed);
    }

    /** Removes what has expired, up to so many uploads. */
    int sweep(int limit) {
        int swept = 0;
        var found = new Finder();
        for (var next = found.next(); next.isPresent() && swept < limit; next = found.next()) {
            swept += tryToSweep(next.get(), found.now()) ? 1 : 0;
        }
        return swept;
    }

    /** One upload that cannot be read or deleted does not keep those behind it from being swept. */
    private boolean tryToSweep(Found upload, Instant now) {
        try {
            return sweep(upload, now);
        } catch (BackingServiceException e) {
            if (!(e.getCause() instanceof S3Exception refused) || refused.statusCode() >= SERVER_FAILS) {
                throw e;
            }
            LOG.log(WARNING, "an upload is not swept, since the store refuses it", e);
        } catch (IllegalArgumentException e) {
            LOG.log(WARNING, "an upload is not swept, since its head cannot be read", e);
        }
        return false;
    }

    private boolean sweep(Found upload, Instant now) {
        var seen = heads.find(upload.id());
        boolean ended = false;
        if (seen.filter(there -> there.head().stage() == Stage.REMOVED).isPresent()) {
            clear(seen.get());
            ended = true;
        } else if (seen.filter(UploadSweep::hasExpired).isPresent()) {
            ended = remove(seen.get());
        }
        return deleteOrphans(upload, seen, now) || ended;
    }

    private static boolean hasExpired(Seen seen) {
        return seen.age().compareTo(seen.head().upload().expiry()) >= 0;
    }

    /** Deletes what was stored by a process that died before a head referred to it, or before it was deleted. */
    private boolean deleteOrphans(Found upload, Optional<Seen> seen, Instant now) {
        var known = new HashSet<String>();
        known.add(UploadNames.head(upload.id()));
        seen.ifPresent(there -> there.head().pieces().forEach(name -> known.add(UploadNames.piece(upload.id(), name))));
        boolean deleted = false;
        for (var object : upload.objects()) {
            if (!known.contains(object.key())
                    && !object.lastModified().plus(grace).isAfter(now)) {
                pieces.delete(object.key());
                deleted = true;
            }
        }
        return deleted;
    }

    /** The store's names for the parts of uploads that go on. */
    Set<String> multiparts() {
        var names = new HashSet<String>();
        var found = new Finder();
        for (var next = found.next(); next.isPresent(); next = found.next()) {
            heads.find(next.get().id()).flatMap(seen -> seen.head().multipart()).ifPresent(names::add);
        }
        return names;
    }

    /** Goes through the objects of uploads; those of one upload stand together. */
    private final class Finder {
        private List<S3Object> page = List.of();
        private int position;
        private boolean more = true;
        private String after = UploadNames.PREFIX;
        private Instant now = Instant.EPOCH;

        /** When the page was read, by the store's clock. */
        Instant now() {
            return now;
        }

        Optional<Found> next() {
            UploadId current = null;
            var objects = new ArrayList<S3Object>();
            for (var object = peek(); object != null; object = peek()) {
                var id = UploadNames.upload(object.key());
                if (current != null && !id.equals(Optional.of(current))) {
                    break;
                }
                position++;
                if (id.isPresent()) {
                    current = id.get();
                    objects.add(object);
                }
            }
            return Optional.ofNullable(current).map(id -> new Found(id, objects));
        }

        private @Nullable S3Object peek() {
            while (position == page.size() && more) {
                var response = page(after);
                page = response.contents();
                position = 0;
                more = Boolean.TRUE.equals(response.isTruncated()) && !page.isEmpty();
                after = page.isEmpty() ? after : page.getLast().key();
                now = StoreClock.now(response);
            }
            return position < page.size() ? page.get(position) : null;
        }

        private ListObjectsV2Response page(String from) {
            return bucket.ask(
                    "list uploads",
                    client -> client.listObjectsV2(list -> list.bucket(bucket.name())
                            .prefix(UploadNames.PREFIX)
                            .startAfter(from)));
        }
    }
}
