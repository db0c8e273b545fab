package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.http.Json;
import dev.coatcheck.gallery.photos.Photo.Status;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the pages that a user has open, at whichever instances, what becomes of their photos.
 *
 * <p>It is word of what the database knows: whatever keeps it from being told, nothing else fails, and a page looks for itself
 * now and then.
 */
public final class PhotoNews {
    /** Of the channels that it is told on: some photos a page may miss while it changes its process, and no more. */
    public static final ChannelSettings CHANNELS = ChannelSettings.defaults()
            .withRetention(Retention.defaults().withAge(Duration.ofMinutes(10)).withMessages(200));

    private static final int ALL = 100;
    private static final Logger log = LoggerFactory.getLogger(PhotoNews.class);

    private final Channels channels;

    public PhotoNews(Channels channels) {
        this.channels = channels;
    }

    /** As the page reads it. */
    private record News(UUID photo, String status, int percent) {}

    /** To be called when the end of a photo's processing is committed. */
    void ended(UUID account, UUID photo, Status status) {
        tell(account, new News(photo, status.text(), ALL));
    }

    /** Begins to tell how far a photo has come, in so many steps. */
    Progress progress(Photo photo, int steps) {
        return new Progress(photo, steps);
    }

    /** Whether it could be told. */
    private boolean tell(UUID account, News news) {
        try {
            channels.publish(Topic.ofUser(account.toString()), Json.textOf(news));
            return true;
        } catch (BackingServiceException e) {
            log.warn("No page is told of photo {}: {}", news.photo(), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            log.error("No page is told of photo {}", news.photo(), e);
            return false;
        }
    }

    /** How far a photo has come. For one thread at a time. */
    final class Progress {
        private final Photo photo;
        private final int steps;
        private int done;
        private boolean isTold = true;

        private Progress(Photo photo, int steps) {
            this.photo = photo;
            this.steps = steps;
        }

        /** One more step is done. Nothing is told any more where that has failed once, so that it holds up no job. */
        void step() {
            done++;
            // Whatever was known of it: one that has failed and is tried anew is processed as well.
            var news = new News(photo.id(), Status.PROCESSING.text(), ALL * done / steps);
            isTold = isTold && tell(photo.account(), news);
        }
    }
}
