package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a page said on its WebSockets, between the requests that it sent: together with the step that opened the socket, where
 * nothing came between them, else as a step of its own.
 */
final class HarSockets {
    private HarSockets() {}

    /**
     * A step of the recording.
     *
     * @param entry the request; of messages the one that opened their socket
     * @param opens whether it is the request itself
     * @param messages what is sent on the socket then
     */
    record Moment(HarEntry entry, boolean opens, List<Body.Message> messages) {
        Body said() {
            return messages.isEmpty() ? new Body.None() : new Body.Messages(messages);
        }
    }

    /** A message, and whether the application had sent one since the last. */
    private record Said(HarEntry entry, Instant at, Body.Message message) {}

    /** All steps, in the order in which they were. */
    static List<Moment> among(List<HarEntry> entries) {
        List<Said> said = said(entries);
        List<Moment> moments = new ArrayList<>();
        for (HarEntry entry : entries) {
            say(said, entry.at().orElse(Instant.MIN), moments);
            moments.add(new Moment(entry, true, new ArrayList<>()));
        }
        say(said, Instant.MAX, moments);
        return moments;
    }

    /** When somebody said something, in order; bytes too, which are not sent when it is played. */
    static List<Instant> saidAt(List<HarEntry> entries) {
        return entries.stream()
                .flatMap(entry ->
                        entry.messages().stream().filter(HarMessage::sent).map(message -> notBefore(entry, message)))
                .sorted()
                .toList();
    }

    /** Before its socket nobody said anything, whatever the clock of the recording says. */
    private static Instant notBefore(HarEntry entry, HarMessage message) {
        return entry.at().filter(message.at()::isBefore).orElse(message.at());
    }

    private static List<Said> said(List<HarEntry> entries) {
        List<Said> said = new ArrayList<>();
        for (HarEntry entry : entries) {
            boolean awaited = false;
            for (HarMessage message : entry.messages()) {
                if (message.sent() && message.isText()) {
                    said.add(new Said(
                            entry,
                            notBefore(entry, message),
                            new Body.Message(
                                    Template.literal(message.data()),
                                    awaited ? Body.Await.A_MESSAGE_FOR_A_WHILE : Body.Await.NOTHING)));
                }
                awaited = !message.sent();
            }
        }
        said.sort(Comparator.comparing(Said::at));
        return said;
    }

    /** What was said before this moment. */
    private static void say(List<Said> said, Instant before, List<Moment> into) {
        while (!said.isEmpty() && said.getFirst().at().isBefore(before)) {
            Said next = said.removeFirst();
            boolean goesOn = !into.isEmpty() && into.getLast().entry().equals(next.entry());
            if (goesOn) {
                into.getLast().messages().add(next.message());
            } else {
                // Whatever the application tells meanwhile need not come before it.
                Body.Message message = new Body.Message(next.message().text(), Body.Await.NOTHING);
                into.add(new Moment(next.entry(), false, new ArrayList<>(List.of(message))));
            }
        }
    }
}
