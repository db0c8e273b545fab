package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.BrokenImageException;
import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.gallery.images.Variant;
import dev.coatcheck.gallery.images.VariantMaker;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.jobs.Execution;
import dev.coatcheck.state.jobs.JobHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the variants of an uploaded photo. Doing it again makes the same again, so a job that was begun by a worker that
 * died is simply begun anew.
 */
public final class VariantJob implements JobHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VariantJob.class);

    /** The original is fetched, and each variant is made and stored. */
    private static final int STEPS = 1 + 2 * Variant.values().length;

    private final Photos photos;
    private final PhotoNews news;
    private final Blobs blobs;

    /** Platform threads, because virtual ones that compute do not make way for others, such as those that renew leases. */
    private final ExecutorService computing;

    public VariantJob(Photos photos, PhotoNews news, Blobs blobs, int atOnce) {
        this.photos = photos;
        this.news = news;
        this.blobs = blobs;
        this.computing = Executors.newFixedThreadPool(
                atOnce, Thread.ofPlatform().name("variants-", 0).daemon().factory());
    }

    @Override
    public void run(Execution execution) throws Exception {
        var job = execution.job();
        var id = UUID.fromString(job.payload());
        var found = photos.find(id);
        if (found.isEmpty() || found.get().status() == Photo.Status.READY) {
            return;
        }
        var progress = news.progress(found.get(), STEPS);
        Map<Variant, byte[]> variants;
        try {
            variants = variants(id, found.get().type(), progress);
        } catch (BrokenImageException e) {
            log.atWarn().addKeyValue("photo", id).log("{}", e.getMessage());
            photos.failed(id);
            return;
        }
        store(id, variants, progress);
        photos.ready(id, variants.keySet(), job);
        execution.completed();
    }

    private Map<Variant, byte[]> variants(UUID id, ImageType type, PhotoNews.Progress progress)
            throws IOException, BrokenImageException, InterruptedException {
        var file = Files.createTempFile("gallery-original-", null);
        // The file has no name any more once it is open: nothing is left of it, however this process ends.
        try (var channel = FileChannel.open(
                file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE))) {
            fetch(id, channel);
            progress.step();
            return compute(channel, type, progress);
        }
    }

    private void fetch(UUID id, FileChannel into) throws IOException {
        if (!(blobs.read(PhotoBlobs.original(id), ReadOptions.whole()) instanceof ReadResult.Found original)) {
            throw new IllegalStateException("the original of photo " + id + " is not among the blobs");
        }
        try (original) {
            original.content().transferTo(Channels.newOutputStream(into));
        }
    }

    private Map<Variant, byte[]> compute(FileChannel original, ImageType type, PhotoNews.Progress progress)
            throws BrokenImageException, InterruptedException {
        // Told on this thread, since a word may take as long as Redis does, and the others are for computing.
        var goesOn = new LinkedBlockingQueue<Boolean>();
        var work = computing.submit(() -> {
            try {
                return VariantMaker.make(original, type, () -> goesOn.add(true));
            } finally {
                goesOn.add(false);
            }
        });
        try {
            while (goesOn.take()) {
                progress.step();
            }
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BrokenImageException broken) {
                throw broken;
            }
            throw new IllegalStateException("making variants failed", e.getCause());
        } finally {
            work.cancel(true); // where this thread was interrupted: the file is closed under it
        }
    }

    private void store(UUID id, Map<Variant, byte[]> variants, PhotoNews.Progress progress) throws IOException {
        for (var variant : variants.entrySet()) {
            blobs.put(
                    PhotoBlobs.variant(id, variant.getKey()),
                    new ByteArrayInputStream(variant.getValue()),
                    PutOptions.ofType(Variant.CONTENT_TYPE));
            progress.step();
        }
    }

    @Override
    public void close() {
        computing.shutdownNow();
    }
}
