package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Topic;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Channels as server-sent events, in each container, behind the filter of sessions, on several instances. */
class ChannelStreamTest extends ChannelFaceTest {
    @Test
    void who_comes_back_to_another_instance_gets_what_was_missed_once_and_in_order() throws Exception {
        var one = instance(channels());
        var two = instance(channels());
        var publisher = channels();
        String last;
        try (var stream = EventStreamClient.open(visitor, one, "/channels?topic=album-7")) {
            assertThat(stream.response().headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(stream.data()).contains("\"type\":\"begun\"", "\"topic\":\"album-7\"");
            var position = publisher.publish(ALBUM, "{\"photo\":\"\u00e4\\n\"}\n");
            assertThat(stream.data())
                    .contains("\"type\":\"message\"", "\"data\":\"{\\\"photo\\\":\\\"\u00e4\\\\n\\\"}\\n\"");
            last = stream.lastEventId();
            assertThat(last).isEqualTo(position.text());
        }
        for (int i = 0; i < 150; i++) {
            publisher.publish(ALBUM, "missed " + i);
        }

        try (var stream = EventStreamClient.open(visitor, two, "/channels?topic=album-7", "Last-Event-ID", last)) {
            assertThat(stream.data()).contains("begun", last);
            for (int i = 0; i < 150; i++) {
                assertThat(stream.data()).contains("\"missed " + i + "\"");
            }
            publisher.publish(ALBUM, "new");
            assertThat(stream.data()).contains("\"new\"");
        }
    }

    @Test
    void an_event_says_where_the_client_is_on_all_its_topics() throws Exception {
        var channels = channels();
        var server = instance(channels);
        visitor.get(server, "/login");
        String last;
        try (var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7&topic=@me")) {
            assertThat(stream.data()).contains("begun");
            assertThat(stream.data()).contains("begun");
            channels.publish(Topic.ofUser("ada"), "for ada");
            assertThat(stream.data()).contains("\"topic\":\"@me\"", "for ada");
            last = stream.lastEventId();
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).contains("ada"));
        }
        channels.publish(ALBUM, "meanwhile");
        channels.publish(Topic.ofUser("ada"), "and for ada");

        try (var stream =
                EventStreamClient.open(visitor, server, "/channels?topic=album-7&topic=@me", "Last-Event-ID", last)) {
            var heard = List.of(stream.data(), stream.data(), stream.data(), stream.data());
            assertThat(heard.toString()).containsOnlyOnce("meanwhile").containsOnlyOnce("and for ada");
            assertThat(last.split(",")).hasSize(2);
        }
    }

    @Test
    void what_was_forgotten_is_told() throws Exception {
        var server = instance(channels());
        channels().publish(ALBUM, "1");

        try (var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7", "Last-Event-ID", "x:1")) {
            assertThat(stream.data()).contains("begun");
            assertThat(stream.data()).contains("\"type\":\"missed\"");
        }
    }

    @Test
    void a_wrong_request_and_one_that_is_not_allowed_are_told_why() {
        var channels = channels();
        var server = instance(channels);
        for (var path : List.of("", "?topic=", "?topic=@me", "?topic=@other", "?topic=" + "x".repeat(600))) {
            var answer = visitor.get(server, "/channels" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(400);
            assertThat(answer.body()).contains("\"error\":\"bad_request\"");
        }
        for (var position : List.of("1", "a:1,b:2", "!", "a:b")) {
            assertThat(visitor.get(server, "/channels?topic=album-7", "Last-Event-ID", position)
                            .statusCode())
                    .isEqualTo(400);
        }
        var refused = visitor.get(server, "/channels?topic=album-7&topic=secret&topic=private");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("secret", "private").doesNotContain("album-7");
        var away = visitor.get(server, "/channels?topic=away");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
        await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
    }

    @Test
    void a_session_that_is_revoked_after_it_was_read_and_before_its_stream_is_open_hears_nothing() {
        var channels = channels();
        var server = instance(channels);
        visitor.get(server, "/login");
        inBetween = () -> revoke(channels, "ada");

        assertThat(visitor.get(server, "/channels?topic=@me").statusCode()).isEqualTo(403);
        await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
    }

    @Test
    void a_stream_has_no_head_by_itself() {
        var channels = channels();
        var answer = visitor.send(
                "HEAD", instance(channels), "/channels?topic=album-7", HttpResponse.BodyHandlers.discarding());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET");
        assertThat(channels.subscriptions()).isZero();
    }

    @Test
    void a_session_that_is_revoked_anywhere_ends_its_streams_and_no_others() throws Exception {
        var here = channels();
        var server = instance(here);
        visitor.get(server, "/login");
        var device = visitor.sessionId().orElseThrow().handle();
        try (var ended = EventStreamClient.open(visitor, server, "/channels?topic=album-7");
                var other = EventStreamClient.open(new Visitor(), server, "/channels?topic=album-7")) {
            assertThat(ended.data()).contains("begun");
            assertThat(other.data()).contains("begun");
            channels().revokeSession(device);

            assertThat(ended.data()).contains("\"type\":\"closed\"", "\"reason\":\"revoked\"");
            ended.awaitEnd();
            here.publish(ALBUM, "still");
            assertThat(other.data()).contains("still");
        }
    }

    @Test
    void a_session_that_has_ended_without_a_word_is_ended_at_the_next_recheck() throws Exception {
        var server = instance(channels());
        visitor.get(server, "/login");
        try (var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7")) {
            assertThat(stream.data()).contains("begun");
            store.revokeAll("ada");

            assertThat(stream.data()).contains("\"type\":\"closed\"", "\"reason\":\"revoked\"");
            stream.awaitEnd();
        }
    }

    @Test
    void a_process_that_drains_says_when_to_come_back() throws Exception {
        var channels = channels();
        var server = instance(channels);
        try (var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7")) {
            assertThat(stream.data()).contains("begun");
            channels.drain(Duration.ofMillis(100));

            awaitRetry(stream);
            assertThat(stream.data()).contains("\"reason\":\"draining\"", "\"retry\":");
            stream.awaitEnd();
        }
    }

    @Test
    void who_opens_more_than_one_may_have_loses_the_oldest_for_one_that_is_served_and_it_stays_away() throws Exception {
        var server = instance(channels(ChannelSettings.defaults().withUserSubscriptions(1)));
        visitor.get(server, "/login");
        try (var oldest = EventStreamClient.open(visitor, server, "/channels?topic=album-7")) {
            assertThat(oldest.data()).contains("begun");
            assertThat(visitor.get(server, "/channels?topic=secret").statusCode())
                    .isEqualTo(403);
            assertThat(visitor.get(server, "/channels?topic=away").statusCode()).isEqualTo(503);
            channels().publish(ALBUM, "still");
            assertThat(oldest.data()).contains("still");

            try (var newest = EventStreamClient.open(visitor, server, "/channels?topic=album-7")) {
                assertThat(newest.data()).contains("begun");
                assertThat(awaitRetry(oldest))
                        .isEqualTo("retry: " + Duration.ofHours(1).toMillis());
                assertThat(oldest.data()).contains("\"reason\":\"too-many\"");
            }
        }
    }

    @Test
    void a_client_that_keeps_its_name_takes_its_own_place() throws Exception {
        var channels = channels(ChannelSettings.defaults().withUserSubscriptions(2));
        var server = instance(channels);
        visitor.get(server, "/login");
        try (var other = EventStreamClient.open(visitor, server, "/channels?topic=album-7&client=other");
                var first = begun(server, "page");
                var second = begun(server, "page");
                var third = EventStreamClient.open(visitor, server, "/channels?topic=album-7&client=page")) {
            for (var replaced : List.of(first, second)) {
                assertThat(replaced.data()).contains("\"reason\":\"ended\"");
            }
            for (var open : List.of(other, third)) {
                assertThat(open.data()).contains("begun");
            }
            channels.publish(ALBUM, "still");
            assertThat(List.of(other.data(), third.data())).allMatch(data -> data.contains("still"));
        }
    }

    /** One that has begun: what still waits for it when it is replaced is dropped. */
    private EventStreamClient begun(WebServer server, String client) throws Exception {
        var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7&client=" + client);
        assertThat(stream.data()).contains("begun");
        return stream;
    }

    private static String awaitRetry(EventStreamClient stream) throws InterruptedException {
        while (true) {
            var line = stream.line();
            if (line.startsWith("retry: ")) {
                return line;
            }
        }
    }

    @Test
    void a_silent_stream_is_kept_alive_and_one_whose_client_is_gone_ends() throws Exception {
        var channels = channels();
        var server = instance(channels);
        try (var stream = EventStreamClient.open(visitor, server, "/channels?topic=album-7")) {
            assertThat(stream.data()).contains("begun");
            for (int beats = 0; beats < 3; ) {
                beats += stream.line().equals(":") ? 1 : 0;
            }
            assertThat(channels.subscriptions()).isOne();
        }

        await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
    }

    @Test
    void a_client_that_takes_nothing_is_cut_off_and_slows_nobody() throws Exception {
        var channels = channels();
        var server = instance(channels, CUTTING);
        var large = "x".repeat(60_000);
        try (var quick = EventStreamClient.open(visitor, server, "/channels?topic=album-7");
                var stuck =
                        stuck(server, "GET /channels?topic=album-7 HTTP/1.1", "Host: localhost", "Connection: close")) {
            assertThat(quick.data()).contains("begun");
            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 2);

            for (int i = 0; i < 200; i++) {
                channels.publish(ALBUM, i + large);
                assertThat(quick.data()).contains("\"data\":\"" + i + "x");
            }
            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 1);
            channels.publish(ALBUM, "last");
            assertThat(quick.data()).contains("last");
            awaitCut(stuck);
        }
    }
}
