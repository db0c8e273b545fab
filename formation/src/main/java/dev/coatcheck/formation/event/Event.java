package dev.coatcheck.formation.event;

import dev.coatcheck.formation.router.Access;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Something that happened in a formation. */
public sealed interface Event {
    Instant at();

    /** How many characters of it applications and clients decide: what a store of events has to bound. */
    default int foreignCharacters() {
        return 0;
    }

    /**
     * A change in the life of an instance, of a backing service, or of the formation itself.
     *
     * @param kind for programs; the words stay the same
     * @param subject whose life: {@code web.1}, {@code postgresql}; empty for the formation
     * @param level how much it matters
     * @param message for people
     * @param details for programs: numbers, texts, lists and maps of such; nothing secret
     */
    record Lifecycle(
            Instant at, Kind kind, Optional<String> subject, Level level, String message, Map<String, Object> details)
            implements Event {}

    /** A request that the router has done with. */
    record Request(Access access) implements Event {
        @Override
        public Instant at() {
            return access.at();
        }

        @Override
        public int foreignCharacters() {
            return access.method().length() + access.path().length();
        }
    }

    /**
     * A line that a process wrote.
     *
     * @param instance {@code web.1}
     * @param stream where it wrote it
     * @param line without its end
     */
    record Output(Instant at, String instance, Stream stream, String line) implements Event {
        @Override
        public int foreignCharacters() {
            return line.length();
        }
    }

    /**
     * What a person wants to see at once when everything runs; programs get {@link Kind#READY} instead.
     *
     * @param text several lines
     */
    record Banner(Instant at, String text) implements Event {}

    /** How much a lifecycle event matters to a person. */
    enum Level {
        INFO,
        WARNING,
        ERROR
    }

    /** The two streams of a process. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /** The kinds of lifecycle events. Programs read them by name, so they are added to and not renamed. */
    enum Kind {
        STARTING,
        NOTE,
        SERVICE_READY,
        SERVICE_EXITED,
        BUILD_STARTED,
        BUILD_ENDED,
        RELEASE_CREATED,
        RELEASE_STARTED,
        RELEASE_ENDED,
        INSTANCE_STARTED,
        INSTANCE_READY,
        INSTANCE_NOT_READY,
        INSTANCE_EXITED,
        INSTANCE_STOPPED,
        READY,
        CHANGE_STARTED,
        CHANGE_ENDED,
        CHANGE_FAILED,
        RUN_STARTED,
        RUN_ENDED,
        STOPPING,
        STOPPED,
        DROPPED
    }
}
