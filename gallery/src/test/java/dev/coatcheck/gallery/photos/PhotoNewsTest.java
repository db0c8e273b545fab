package dev.coatcheck.gallery.photos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.coatcheck.contracts.channels.InMemoryChannels;
import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.gallery.photos.Photo.Status;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PhotoNewsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Photo FAILED = new Photo(
            UUID.randomUUID(), UUID.randomUUID(), Status.FAILED, ImageType.JPEG, 1, 1, Instant.EPOCH, Set.of());

    private final InMemoryChannels shared = new InMemoryChannels(InstantSource.system());

    @Test
    void a_photo_that_had_failed_and_is_tried_anew_is_processed() throws Exception {
        try (var channels = new Channels(shared.attach(), PhotoNews.CHANNELS);
                var page = channels.open(Subscriber.anonymous())) {
            page.subscribe(Topic.ofUser(FAILED.account().toString()));
            assertThat(page.next(PATIENCE)).isInstanceOf(Begun.class);

            new PhotoNews(channels).progress(FAILED, 2).step();

            assertThat(page.next(PATIENCE))
                    .isInstanceOfSatisfying(
                            Message.class,
                            message -> assertThat(message.payload()).contains("\"processing\"", "50"));
        }
    }

    @Test
    void whatever_keeps_it_from_being_told_nothing_else_fails() {
        var broken = (ChannelStore) Proxy.newProxyInstance(
                ChannelStore.class.getClassLoader(),
                new Class<?>[] {ChannelStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("publish")) {
                        throw new IllegalStateException("closed");
                    }
                    return null;
                });
        try (var channels = new Channels(broken, PhotoNews.CHANNELS)) {
            var news = new PhotoNews(channels);

            assertThatCode(() -> {
                        news.progress(FAILED, 1).step();
                        news.ended(FAILED.account(), FAILED.id(), Status.READY);
                    })
                    .doesNotThrowAnyException();
        }
    }
}
